/*
 * Every run of a session in the order in which it was made: drift, bursts and
 * runs that the host disturbed show as what they are. Each value is over its
 * platform's median for the workload, so that all have one scale.
 */
#include "report/figures.h"

#include "report/assets.h"
#include "report/markup.h"
#include "report/palette.h"
#include "report/text.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_POINTS = 8000 }; /* and as many flagged ones */

/* A strip shows a half to twice the median; beyond is its edge. */
static const double reach = 2;

static size_t flagged_of(const struct record *record,
                         const struct platform_entry *platform, size_t *runs)
{
    size_t flagged = 0;

    *runs = 0;
    for (size_t i = 0; i < record->workload_count; i++) {
        size_t count;
        const struct raw_value *raw =
            record_values(record, &record->workloads[i], platform, &count);

        for (size_t k = 0; k < count; k++)
            flagged += raw[k].flagged;
        *runs += count;
    }
    return flagged;
}

/* Where there are many runs only every so many-th is drawn. */
static bool is_drawn(const struct record *record, const struct raw_value *raw)
{
    const size_t many = raw->flagged ? record->flagged_runs : record->raw_count;

    return raw->order % (1 + many / MAX_POINTS) == 0;
}

/* One workload's runs of one platform. */
static void write_points(const struct record *record, size_t strip,
                         const struct cell *cell, struct chart *chart,
                         FILE *out)
{
    const struct look look = platform_look(record, cell->platform);
    size_t count;
    const struct raw_value *raw =
        record_values(record, cell->workload, cell->platform, &count);

    for (size_t k = 0; k < count; k++) {
        const double ratio = raw[k].value / cell->value.median;
        double height;

        if (!(ratio > 0) || !is_drawn(record, &raw[k]))
            continue;
        height = log(ratio) / log(reach) / 2;
        chart->clipped += fabs(height) > 0.5;
        fprintf(out, "%zu\t%zu\t%.4f\t%u\t%d\t%d\n", strip, raw[k].order,
                fmax(-0.5, fmin(0.5, height)), look.colour, look.point_type,
                raw[k].flagged);
        chart->has_points = true;
    }
}

static void write_strips(const struct record *record, struct chart *chart,
                         FILE *out)
{
    fputs("# strip\tplatform\tname\tcolour\n", out);
    for (size_t i = 0; i < record->platform_count; i++) {
        const struct platform_entry *platform = &record->platforms[i];
        size_t runs;

        flagged_of(record, platform, &runs);
        if (runs == 0)
            continue;
        fprintf(out, "%zu\t", chart->rows++);
        chart_write_label(out, platform->title, CHART_LABEL_CHARACTERS);
        fputc('\t', out);
        chart_write_label(out, platform->name, CHART_NAME_CHARACTERS);
        fprintf(out, "\t%u\n", platform_look(record, platform).colour);
    }
}

static void write_data(const struct record *record, struct chart *chart,
                       FILE *out)
{
    size_t strip = 0;

    write_strips(record, chart, out);
    fputs("\n\n# strip\torder\theight\tcolour\tmarker\tflagged\n", out);
    for (size_t i = 0; i < record->platform_count; i++) {
        const struct platform_entry *platform = &record->platforms[i];
        size_t runs;

        flagged_of(record, platform, &runs);
        for (size_t k = 0; k < record->workload_count; k++) {
            const struct cell *cell =
                record_cell(record, platform, &record->workloads[k], NULL);

            if (cell != NULL && cell->value.n > 0 && cell->value.median > 0)
                write_points(record, strip, cell, chart, out);
        }
        strip += runs > 0;
    }
    if (!chart->has_points)
        fputs("-9\t0\t0\t0\t7\t0\n", out);
}

static void write_settings(const struct record *record,
                           const struct chart *chart, FILE *out)
{
    fprintf(out, "rows = %zu\nlast = %zu\nword_left = ", chart->rows,
            record->runs_seen > 1 ? record->runs_seen : 2);
    chart_write_label(out, say("chart.order.left"), 60);
    fputs("\nword_right = ", out);
    chart_write_label(out, say("chart.order.right"), 60);
    fputc('\n', out);
}

int chart_order(const struct record *record, enum workload_group group,
                const struct workload_entry *workload, struct chart *chart)
{
    struct chart_streams streams;

    (void)group;
    (void)workload;
    chart->script = report_asset_order;
    if (record->raw_count == 0)
        return 0;
    if (chart_streams_open(chart, &streams)) {
        write_data(record, chart, streams.data);
        write_settings(record, chart, streams.settings);
        say_as(streams.description, FORM_PLAIN, "chart.order.description",
               number_count(record->runs_seen).text,
               number_count(record->flagged_runs).text);
    }
    chart->title = strdup(say("chart.order"));
    return chart_streams_close(chart, &streams) < 0 || chart->title == NULL
               ? -ENOMEM
               : 0;
}

void table_order(struct grid *grid, const struct record *record,
                 const struct page_figure *figure)
{
    (void)figure;
    grid_head(grid, say("table.platform"));
    grid_head(grid, say("table.runs"));
    grid_head(grid, say("table.flagged"));
    for (size_t i = 0; i < record->platform_count; i++) {
        size_t runs;
        const size_t flagged = flagged_of(record, &record->platforms[i], &runs);

        if (runs == 0)
            continue;
        grid_platform(grid, &record->platforms[i]);
        grid_text(grid, number_count(runs).text);
        grid_text(grid, number_count(flagged).text);
    }
}
