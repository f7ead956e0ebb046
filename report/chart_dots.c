/*
 * Medians as dots with their intervals, a row a platform, grouped by
 * workload, on a logarithmic axis: once as ratios to native, with the band in
 * which a difference does not matter, and once as the figures themselves.
 */
#include "report/chart_rows.h"
#include "report/markup.h"
#include "report/numbers.h"
#include "report/pairs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The ratios block by block; turned round where higher is better. */
static int collect_ratios(const struct record *record, const struct cell *cell,
                          struct row *row)
{
    const struct platform_entry *native = record_native(record);
    ssize_t count;

    if (native == NULL || !cell->primary)
        return 0;
    count = pairs_ratios(record, cell->workload, cell->platform, native,
                         &row->values);
    if (count < 0)
        return (int)count;
    row->count = (size_t)count;
    for (size_t i = 0; cell->higher_is_better && i < row->count; i++)
        row->values[i] = 1 / row->values[i];
    return 0;
}

/* Has the cell a place on this axis? */
static bool belongs(const struct rows *rows, const struct cell *cell)
{
    if (cell == NULL || cell->platform->left_out || cell->value.n == 0)
        return false;
    if (rows->reference)
        return cell->ratio.n > 0 && cell->ratio.low > 0;
    return cell->value.low > 0 &&
           (rows->unit == NULL || strcmp(cell->unit, rows->unit) == 0);
}

static int add_row(struct rows *rows, const struct record *record,
                   const struct cell *cell)
{
    const struct look look = platform_look(record, cell->platform);
    struct row *row =
        rows_add(rows, &look, cell->platform->title, cell->platform->name);

    if (row == NULL)
        return 0;
    if (rows->reference) {
        row->figure =
            cell->higher_is_better ? figure_inverse(&cell->ratio) : cell->ratio;
        snprintf(row->brief, sizeof(row->brief), "%.40s",
                 number_ratio(row->figure.median).text);
        snprintf(row->full, sizeof(row->full), "%.90s",
                 number_ratio_figure(&row->figure).text);
        return collect_ratios(record, cell, row);
    }
    if (rows->unit == NULL)
        rows->unit = cell->unit;
    row->figure = cell->value;
    snprintf(row->brief, sizeof(row->brief), "%.40s",
             number_value(cell->value.median, cell->unit).text);
    snprintf(row->full, sizeof(row->full), "%.90s",
             number_figure(&cell->value, cell->unit).text);
    if (!cell->primary)
        return 0; /* single values are kept of the judged metric alone */
    return chart_single_values(record, cell, &row->values, &row->count);
}

/* A heading with the rows below it; none when no platform has a figure. */
static int add_metric(struct rows *rows, const struct record *record,
                      const struct workload_entry *workload, const char *metric)
{
    bool any = false;
    int result = 0;

    for (size_t i = 0; result == 0 && i < record->platform_count &&
                       rows->count < CHART_MAX_ROWS;
         i++) {
        const struct cell *cell =
            record_cell(record, &record->platforms[i], workload, metric);

        if (!belongs(rows, cell))
            continue;
        if (!any)
            rows_heading(rows, metric != NULL ? chart_metric_title(metric)
                                              : workload_title(workload));
        any = true;
        result = add_row(rows, record, cell);
    }
    if (any)
        rows_gap(rows);
    return result;
}

static int add_workload(struct rows *rows, const struct record *record,
                        const struct workload_entry *workload)
{
    const char *metrics[CHART_MAX_METRICS];
    size_t count = 0;
    int result = add_metric(rows, record, workload, NULL);

    if (!rows->reference)
        count =
            record_other_costs(record, workload, metrics, CHART_MAX_METRICS);
    for (size_t i = 0; result == 0 && i < count; i++)
        result = add_metric(rows, record, workload, metrics[i]);
    return result;
}

static int chart_dots(const struct record *record, enum workload_group group,
                      bool ratios, struct chart *chart)
{
    struct rows *rows = calloc(1, sizeof(*rows));
    int result = rows == NULL ? -ENOMEM : 0;

    if (result < 0)
        return result;
    rows->reference = ratios;
    rows->band = record->band;
    rows->unit = ratios ? "×" : NULL;
    rows->left = say("verdict.faster");
    rows->right = say("verdict.slower");
    for (size_t i = 0; result == 0 && i < record->workload_count; i++)
        if (record->workloads[i].group == group)
            result = add_workload(rows, record, &record->workloads[i]);
    if (result == 0)
        result = rows_write(rows, say(ratios ? "chart.ratios" : "chart.costs"),
                            chart);
    rows_release(rows);
    free(rows);
    return result;
}

int chart_ratios(const struct record *record, enum workload_group group,
                 const struct workload_entry *workload, struct chart *chart)
{
    (void)workload;
    return chart_dots(record, group, true, chart);
}

int chart_costs(const struct record *record, enum workload_group group,
                const struct workload_entry *workload, struct chart *chart)
{
    (void)workload;
    return chart_dots(record, group, false, chart);
}

/* The control's ratio to native, a row a workload: what noise alone makes. */
int chart_noise(const struct record *record, enum workload_group group,
                const struct workload_entry *workload, struct chart *chart)
{
    const struct platform_entry *control = record_control(record);
    struct rows *rows = calloc(1, sizeof(*rows));
    int result = rows == NULL ? -ENOMEM : 0;

    (void)group;
    (void)workload;
    if (result < 0)
        return result;
    rows->reference = true;
    rows->band = record->band;
    rows->unit = "×";
    rows->left = say("chart.noise.left");
    rows->right = say("chart.noise.right");
    for (size_t i = 0;
         control != NULL && result == 0 && i < record->workload_count; i++) {
        const struct cell *cell =
            record_cell(record, control, &record->workloads[i], NULL);

        if (!belongs(rows, cell))
            continue;
        result = add_row(rows, record, cell);
        if (rows->count > 0) {
            struct row *row = &rows->list[rows->count - 1];

            row->label =
                shorten(workload_title(cell->workload), TEXT_MAX_CHARACTERS);
            row->name = shorten(cell->workload->name, TEXT_MAX_CHARACTERS);
        }
    }
    if (result == 0)
        result = rows_write(rows, say("chart.noise"), chart);
    rows_release(rows);
    free(rows);
    return result;
}
