/*
 * The tables under the charts of workloads: a row a platform, every figure
 * with n and interval, and the verdict.
 */
#include "report/figures.h"

#include "report/markup.h"
#include "report/text.h"

#include <stdlib.h>
#include <string.h>

static void add_heads(struct grid *grid)
{
    grid_head(grid, say("table.platform"));
    grid_head(grid, say("table.n"));
    grid_head(grid, say("table.median"));
    grid_head(grid, say("table.ratio"));
    grid_head(grid, say("table.verdict"));
    grid_head(grid, say("table.failed"));
}

static void add_cell(struct grid *grid, const struct cell *cell)
{
    grid_platform(grid, cell->platform);
    grid_text(grid, number_count(cell->value.n).text);
    if (cell->value.n == 0) {
        char *why = say_text(
            FORM_PLAIN, "table.no-figure",
            cell->why != NULL ? cell->why : say("table.no-reason"), NULL);

        grid_missing(grid, why);
        free(why);
        grid_missing(grid, NULL);
        grid_missing(grid, NULL);
    } else {
        grid_value(grid, number_value(cell->value.median, cell->unit).text,
                   number_interval(&cell->value, cell->unit).text);
        if (cell->ratio.n == 0) {
            grid_missing(grid, platform_is_native(cell->platform)
                                   ? say("table.reference")
                                   : NULL);
            grid_missing(grid, NULL);
        } else {
            grid_value(grid, number_ratio(cell->ratio.median).text,
                       number_ratio_interval(&cell->ratio).text);
            grid_verdict(grid, cell->verdict, cell->workload->group);
        }
    }
    grid_text(grid, number_count(cell->failures).text);
}

/* The rows of one metric; brief leaves out platforms without a figure. */
static void add_metric(struct grid *grid, const struct record *record,
                       const struct workload_entry *workload,
                       const char *metric, const char *caption, bool brief)
{
    bool any = false;

    for (size_t i = 0; i < record->platform_count; i++) {
        const struct platform_entry *platform = &record->platforms[i];
        const struct cell *cell =
            platform->left_out
                ? NULL
                : record_cell(record, platform, workload, metric);

        if (cell == NULL || (brief && cell->value.n == 0))
            continue;
        if (!any)
            grid_caption(grid, shorten(caption, TEXT_MAX_CHARACTERS).text);
        any = true;
        add_cell(grid, cell);
    }
}

static bool belongs(const struct page_figure *figure,
                    const struct workload_entry *workload)
{
    return figure->workload != NULL ? workload == figure->workload
                                    : workload->group == figure->kind->group;
}

void table_cells(struct grid *grid, const struct record *record,
                 const struct page_figure *figure)
{
    add_heads(grid);
    for (size_t i = 0; i < record->workload_count; i++)
        if (belongs(figure, &record->workloads[i]))
            add_metric(grid, record, &record->workloads[i], NULL,
                       workload_title(&record->workloads[i]), false);
}

void table_costs(struct grid *grid, const struct record *record,
                 const struct page_figure *figure)
{
    add_heads(grid);
    for (size_t i = 0; i < record->workload_count; i++) {
        const struct workload_entry *workload = &record->workloads[i];
        const char *metrics[CHART_MAX_METRICS];
        size_t count;

        if (!belongs(figure, workload))
            continue;
        add_metric(grid, record, workload, NULL, workload_title(workload),
                   false);
        count =
            record_other_costs(record, workload, metrics, CHART_MAX_METRICS);
        for (size_t k = 0; k < count; k++)
            add_metric(grid, record, workload, metrics[k],
                       chart_metric_title(metrics[k]), true);
    }
}

void table_memory(struct grid *grid, const struct record *record,
                  const struct page_figure *figure)
{
    static const char *const metrics[] = {
        "memory_pss",          "memory_uss",
        "memory_shared",       "memory_kernel",
        "memory_kernel_stack", "memory_page_tables",
        "memory_slab",         "memory_secondary_page_tables",
        "memory_guest_kernel", "memory_current",
        "memory_available",    "memory_peak",
    };

    add_heads(grid);
    for (size_t i = 0; i < sizeof(metrics) / sizeof(*metrics); i++)
        add_metric(grid, record, figure->workload, metrics[i],
                   chart_metric_title(metrics[i]), i > 0);
}

void table_throughput(struct grid *grid, const struct record *record,
                      const struct page_figure *figure)
{
    (void)figure;
    add_heads(grid);
    for (size_t i = 0; i < record->workload_count; i++) {
        const struct workload_entry *workload = &record->workloads[i];

        if (workload->group != GROUP_FILES && workload->group != GROUP_MACRO)
            continue;
        add_metric(grid, record, workload, NULL, workload_title(workload),
                   true);
        add_metric(grid, record, workload, "cpu_per_operation",
                   say("metric.cpu_per_operation"), true);
    }
}

void table_noise(struct grid *grid, const struct record *record,
                 const struct page_figure *figure)
{
    const struct platform_entry *control = record_control(record);

    (void)figure;
    grid_head(grid, say("table.workload"));
    grid_head(grid, say("table.n"));
    grid_head(grid, say("table.noise"));
    for (size_t i = 0; control != NULL && i < record->workload_count; i++) {
        const struct workload_entry *workload = &record->workloads[i];
        const struct cell *cell = record_cell(record, control, workload, NULL);

        if (cell == NULL || cell->ratio.n == 0)
            continue;
        grid_text(grid, shorten(workload_title(workload), 48).text);
        grid_text(grid, number_count(cell->ratio.n).text);
        grid_value(grid, number_ratio(cell->ratio.median).text,
                   number_ratio_interval(&cell->ratio).text);
    }
}
