/*
 * Which figures the report has, made and drawn. A kind of figure is a row of
 * a table here.
 */
#include "report/figures.h"

#include "report/machine.h"
#include "report/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const struct figure_kind figure_kinds[] = {
    {"startup", GROUP_START, true, false, chart_startup, table_cells,
     finding_start},
    {"phases", GROUPS, false, false, chart_phases, table_phases, NULL},
    {"cpu", GROUP_CPU, false, false, chart_ratios, table_cells, finding_ratios},
    {"memory", GROUP_MEMORY, false, false, chart_ratios, table_cells,
     finding_ratios},
    {"kernel", GROUP_KERNEL, false, false, chart_costs, table_costs,
     finding_costs},
    {"files", GROUP_FILES, false, false, chart_ratios, table_cells,
     finding_ratios},
    {"macro", GROUP_MACRO, false, false, chart_ratios, table_cells,
     finding_ratios},
    {"throughput", GROUPS, false, false, chart_throughput, table_throughput,
     NULL},
    {"idle-memory", GROUP_IDLE, true, false, chart_memory, table_memory,
     finding_memory},
    {"own", GROUP_OWN, true, false, chart_startup, table_cells, finding_start},
    {"density-memory", GROUPS, false, false, chart_density_memory,
     table_density, finding_density},
    {"density-start", GROUPS, false, false, chart_density_start, table_density,
     NULL},
    {"surface", GROUPS, false, false, chart_surface, table_surface,
     finding_surface},
    {"noise", GROUPS, false, false, chart_noise, table_noise, finding_noise},
    {"order", GROUPS, false, false, chart_order, table_order, finding_order},
    {"published", GROUPS, false, true, chart_published, table_published,
     finding_published},
};

const size_t figure_kind_count = sizeof(figure_kinds) / sizeof(*figure_kinds);

static int add_figure(const struct record *record,
                      const struct figure_kind *kind,
                      const struct workload_entry *workload, size_t number,
                      struct figures *figures)
{
    struct page_figure *figure;
    int result;

    if (figures->count == FIGURES_MAX) {
        figures->beyond++;
        return 0;
    }
    figure = &figures->list[figures->count];
    figure->kind = kind;
    figure->workload = workload;
    snprintf(figure->chart.name, sizeof(figure->chart.name),
             number == 1 ? "%s" : "%s-%zu", kind->name, number);
    result = kind->draw(record, kind->group, workload, &figure->chart);
    /* What nobody asked for has no section; a workload that was has one. */
    if (result == 0 && figure->chart.rows == 0 && kind->group == GROUPS &&
        !kind->always) {
        chart_release(&figure->chart);
        *figure = (struct page_figure){0};
        return 0;
    }
    figures->count++;
    if (result == 0 && kind->finding != NULL)
        figure->finding = kind->finding(record, figure);
    return result;
}

static int make_kind(const struct record *record,
                     const struct figure_kind *kind, struct figures *figures)
{
    size_t number = 0;
    int result = 0;

    if (kind->group == GROUPS)
        return add_figure(record, kind, NULL, 1, figures);
    for (size_t i = 0; result == 0 && i < record->workload_count; i++) {
        const struct workload_entry *workload = &record->workloads[i];

        if (workload->group != kind->group)
            continue;
        if (!kind->each)
            return add_figure(record, kind, NULL, 1, figures);
        result = add_figure(record, kind, workload, ++number, figures);
    }
    return result;
}

/* The first trouble is kept: the others are mostly the same. */
static void note_trouble(struct figures *figures, int result,
                         const struct error *error)
{
    if (figures->trouble == NULL)
        figures->trouble =
            strdup(result == -ENOENT ? say("charts.no-gnuplot") : error->text);
}

/* A gnuplot that is missing or hangs would do so for every chart. */
static void draw_charts(int directory, struct figures *figures)
{
    int fatal = 0;

    for (size_t i = 0; i < figures->count; i++) {
        struct chart *chart = &figures->list[i].chart;
        struct error error = {0};
        int result;

        if (chart->rows == 0)
            continue;
        result = chart_write(directory, chart, &error);
        if (result == 0 && fatal == 0) {
            result = chart_draw(directory, chart, &error);
            if (result == -ENOENT || result == -ETIMEDOUT)
                fatal = result;
        }
        if (result < 0)
            note_trouble(figures, result, &error);
    }
}

int figures_make(const struct record *record, int directory,
                 struct figures *figures, struct error *error)
{
    int result = 0;

    *figures = (struct figures){0};
    for (size_t i = 0; result == 0 && i < figure_kind_count; i++)
        result = make_kind(record, &figure_kinds[i], figures);
    if (result < 0) {
        figures_release(figures);
        return error_errno(error, -result, "charts");
    }
    draw_charts(directory, figures);
    return 0;
}

void figures_release(struct figures *figures)
{
    for (size_t i = 0; i < figures->count; i++) {
        chart_release(&figures->list[i].chart);
        free(figures->list[i].finding);
    }
    free(figures->trouble);
    *figures = (struct figures){0};
}

const char *figure_text(const struct page_figure *figure, const char *which)
{
    char name[64];
    const char *text;

    snprintf(name, sizeof(name), "%s.%s", figure->kind->name, which);
    text = say_named("figure.", name);
    return text != NULL ? text : "";
}

/* The fewest and the most runs behind a judged figure of the chart. */
static void find_n(const struct record *record,
                   const struct page_figure *figure, size_t *least,
                   size_t *most)
{
    *least = *most = 0;
    for (size_t i = 0; i < record->cell_count; i++) {
        const struct cell *cell = &record->cells[i];

        if (!cell->primary || cell->value.n == 0 ||
            (figure->workload != NULL && cell->workload != figure->workload) ||
            (figure->kind->group != GROUPS &&
             cell->workload->group != figure->kind->group))
            continue;
        if (*least == 0 || cell->value.n < *least)
            *least = cell->value.n;
        if (cell->value.n > *most)
            *most = cell->value.n;
    }
}

char *figure_caption(const struct record *record,
                     const struct page_figure *figure, enum text_form form)
{
    const struct machine machine = machine_describe(record);
    struct short_text date =
        shorten(record_header_text(record, "created", say("unknown")), 30);
    size_t least, most;
    char n[64];

    date.text[strcspn(date.text, "T")] = '\0';
    find_n(record, figure, &least, &most);
    snprintf(n, sizeof(n), least == most ? "%zu" : "%zu–%zu", least, most);
    return say_text(
        form, "caption",
        figure->chart.title != NULL ? figure->chart.title
                                    : figure_text(figure, "topic"),
        n,
        machine.processor != NULL ? shorten(machine.processor, 60).text
                                  : say("machine.processor.unknown"),
        machine.kvm != NULL ? shorten(machine.kvm, 30).text
                            : say("machine.kvm.absent"),
        machine.kvm != NULL ? machine_back_end(&machine)
                            : say("machine.kvm.none"),
        date.text, record_header_text(record, "ringside", ""), NULL);
}
