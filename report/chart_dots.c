/*
 * Medians as dots with their intervals, a row a platform, grouped by
 * workload, on a logarithmic axis: once as ratios to native, with the band in
 * which a difference does not matter, and once as the figures themselves.
 */
#include "report/chart.h"

#include "report/assets.h"
#include "report/numbers.h"
#include "report/pairs.h"
#include "report/palette.h"
#include "report/text.h"

#include <errno.h>
#include <math.h>
#include <string.h>

enum { LABEL_CHARACTERS = 24, HEADING_CHARACTERS = 40 };

struct dot {
    const struct cell *cell;
    struct figure figure; /* in the unit of the axis */
    double *values;       /* single values, same unit */
    size_t count;
    double y; /* rows from the top */
};

struct heading {
    const struct workload_entry *workload;
    const char *metric; /* NULL: the primary one */
    double y;
};

struct dots {
    const struct record *record;
    bool ratios;
    const char *unit; /* of the axis; NULL: not chosen yet */
    struct dot dots[CHART_MAX_ROWS];
    size_t count;
    struct heading headings[CHART_MAX_ROWS];
    size_t heading_count;
    double height; /* rows */
    struct chart_axis axis;
};

static const struct platform_entry *native_of(const struct record *record)
{
    for (size_t i = 0; i < record->platform_count; i++)
        if (platform_is_native(&record->platforms[i]))
            return &record->platforms[i];
    return NULL;
}

static int collect_ratios(const struct record *record, struct dot *dot)
{
    const struct platform_entry *native = native_of(record);
    ssize_t count;

    if (native == NULL)
        return 0;
    count = pairs_ratios(record, dot->cell->workload, dot->cell->platform,
                         native, &dot->values);
    if (count < 0)
        return (int)count;
    dot->count = (size_t)count;
    for (size_t i = 0; dot->cell->higher_is_better && i < dot->count; i++)
        dot->values[i] = 1 / dot->values[i];
    return 0;
}

/* Has the cell a place on this axis? */
static bool belongs(const struct dots *dots, const struct cell *cell)
{
    if (cell == NULL || cell->platform->left_out || cell->value.n == 0)
        return false;
    if (dots->ratios)
        return cell->ratio.n > 0 && cell->ratio.low > 0;
    return cell->value.low > 0 &&
           (dots->unit == NULL || strcmp(cell->unit, dots->unit) == 0);
}

static int add_dot(struct dots *dots, const struct cell *cell)
{
    struct dot *dot = &dots->dots[dots->count++];

    if (dots->unit == NULL)
        dots->unit = dots->ratios ? "×" : cell->unit;
    dot->cell = cell;
    dot->y = dots->height + 0.5;
    dots->height++;
    if (dots->ratios) {
        dot->figure =
            cell->higher_is_better ? figure_inverse(&cell->ratio) : cell->ratio;
        return collect_ratios(dots->record, dot);
    }
    dot->figure = cell->value;
    if (!cell->primary)
        return 0; /* single values are kept of the judged metric alone */
    return chart_single_values(dots->record, cell, &dot->values, &dot->count);
}

/* A heading with the rows below it; none when no platform has a figure. */
static int add_metric(struct dots *dots, const struct workload_entry *workload,
                      const char *metric)
{
    const size_t before = dots->count;
    const double height = dots->height;
    int result = 0;

    dots->height += 1.1;
    for (size_t i = 0; result == 0 && i < dots->record->platform_count &&
                       dots->count < CHART_MAX_ROWS;
         i++) {
        const struct cell *cell = record_cell(
            dots->record, &dots->record->platforms[i], workload, metric);

        if (belongs(dots, cell))
            result = add_dot(dots, cell);
    }
    if (dots->count == before) {
        dots->height = height;
        return result;
    }
    dots->height += 0.4;
    dots->headings[dots->heading_count++] = (struct heading){
        .workload = workload, .metric = metric, .y = height + 0.6};
    return result;
}

static int add_workload(struct dots *dots,
                        const struct workload_entry *workload)
{
    const char *metrics[CHART_MAX_METRICS];
    size_t count = 0;
    int result = add_metric(dots, workload, NULL);

    if (!dots->ratios)
        count = record_other_costs(dots->record, workload, metrics,
                                   CHART_MAX_METRICS);
    for (size_t i = 0; result == 0 && i < count; i++)
        result = add_metric(dots, workload, metrics[i]);
    return result;
}

/*
 * The axis holds every interval (and the band) with room to spare. Single
 * values may lie further out; they are drawn at the edge, and counted.
 */
static void find_range(struct dots *dots)
{
    const double band = dots->record->band;

    dots->axis = CHART_AXIS_EMPTY;
    if (dots->ratios)
        chart_axis_include(&dots->axis, 1 / (1 + band), 1 + band);
    for (size_t i = 0; i < dots->count; i++)
        chart_axis_include(&dots->axis, dots->dots[i].figure.low,
                           dots->dots[i].figure.high);
    chart_axis_widen(&dots->axis,
                     fmax(1.03, pow(dots->axis.high / dots->axis.low, 0.2)));
}

static void write_rows(const struct dots *dots, FILE *out)
{
    fputs("# y\tmedian\tlow\thigh\tcolour\tmarker\tplatform\tshort\tlong\t"
          "name\n",
          out);
    for (size_t i = 0; i < dots->count; i++) {
        const struct dot *dot = &dots->dots[i];
        const struct cell *cell = dot->cell;
        const struct look look = platform_look(dots->record, cell->platform);

        fprintf(out, "%g\t%.9g\t%.9g\t%.9g\t%u\t%d\t", dot->y,
                dot->figure.median, dot->figure.low, dot->figure.high,
                look.colour, look.point_type);
        chart_write_label(out, cell->platform->title, LABEL_CHARACTERS);
        fputc('\t', out);
        chart_write_label(
            out,
            dots->ratios ? number_ratio(dot->figure.median).text
                         : number_value(cell->value.median, cell->unit).text,
            24);
        fputc('\t', out);
        chart_write_label(out,
                          dots->ratios
                              ? number_ratio_figure(&dot->figure).text
                              : number_figure(&cell->value, cell->unit).text,
                          40);
        fputc('\t', out);
        chart_write_label(out, cell->platform->name, CHART_NAME_CHARACTERS);
        fputc('\n', out);
    }
}

static void write_headings(const struct dots *dots, FILE *out)
{
    fputs("\n\n# y\tworkload\n", out);
    for (size_t i = 0; i < dots->heading_count; i++) {
        fprintf(out, "%g\t", dots->headings[i].y);
        if (dots->headings[i].metric != NULL)
            chart_write_label(out, chart_metric_title(dots->headings[i].metric),
                              HEADING_CHARACTERS);
        else
            chart_write_label(out, dots->headings[i].workload->title,
                              HEADING_CHARACTERS);
        fputc('\n', out);
    }
}

/* Single values, where there are few; edge is -1 or 1 when one lies beyond. */
static void write_values(const struct dots *dots, struct chart *chart,
                         FILE *out)
{
    fputs("\n\n# y\tvalue\tcolour\tedge\n", out);
    for (size_t i = 0; i < dots->count; i++) {
        const struct dot *dot = &dots->dots[i];
        const struct look look =
            platform_look(dots->record, dot->cell->platform);

        if (dot->count >= CHART_MAX_POINTS)
            continue;
        for (size_t k = 0; k < dot->count; k++) {
            const double value = dot->values[k];
            const int edge =
                (value > dots->axis.high) - (value < dots->axis.low);

            chart->clipped += edge != 0;
            fprintf(out, "%g\t%.9g\t%u\t%d\n", dot->y,
                    fmin(fmax(value, dots->axis.low), dots->axis.high),
                    look.colour, edge);
            chart->has_points = true;
        }
    }
}

static void write_settings(const struct dots *dots, FILE *out)
{
    fprintf(out, "rows = %.2f\nlow = %.9g\nhigh = %.9g\n", dots->height,
            dots->axis.low, dots->axis.high);
    fprintf(out, "reference = %d\nband = %.9g\n", dots->ratios,
            dots->record->band);
    chart_write_log_ticks(out, &dots->axis, dots->unit, 6);
}

static void describe(const struct dots *dots, FILE *out)
{
    fputs(dots->ratios ? "Medians of paired ratios to native, 1 is native:"
                       : "Medians:",
          out);
    for (size_t i = 0; i < dots->count; i++) {
        const struct dot *dot = &dots->dots[i];
        const struct cell *cell = dot->cell;

        fprintf(out, "%s %s on %s %s", i == 0 ? "" : ";",
                shorten(cell->workload->title, 40).text,
                shorten(cell->platform->title, 40).text,
                dots->ratios ? number_ratio_figure(&dot->figure).text
                             : number_figure(&cell->value, cell->unit).text);
    }
    fputc('.', out);
}

static int write_chart(const struct dots *dots, struct chart *chart)
{
    struct chart_streams streams;

    if (chart_streams_open(chart, &streams)) {
        write_rows(dots, streams.data);
        write_headings(dots, streams.data);
        write_values(dots, chart, streams.data);
        write_settings(dots, streams.settings);
        describe(dots, streams.description);
    }
    chart->rows = dots->count;
    return chart_streams_close(chart, &streams);
}

static int chart_dots(const struct record *record, enum workload_group group,
                      bool ratios, struct chart *chart)
{
    struct dots *dots = calloc(1, sizeof(*dots));
    int result = dots == NULL ? -ENOMEM : 0;

    if (result < 0)
        return result;
    dots->record = record;
    dots->ratios = ratios;
    for (size_t i = 0; result == 0 && i < record->workload_count &&
                       dots->count < CHART_MAX_ROWS;
         i++)
        if (record->workloads[i].group == group)
            result = add_workload(dots, &record->workloads[i]);
    chart->script = report_asset_dots;
    if (result == 0 && dots->count > 0) {
        find_range(dots);
        result = write_chart(dots, chart);
    }
    for (size_t i = 0; i < dots->count; i++)
        free(dots->dots[i].values);
    free(dots);
    return result;
}

static int set_title(struct chart *chart, const char *title)
{
    chart->title = strdup(title);
    return chart->title != NULL ? 0 : -ENOMEM;
}

int chart_ratios(const struct record *record, enum workload_group group,
                 struct chart *chart)
{
    int result = chart_dots(record, group, true, chart);

    return result == 0 ? set_title(chart, "Cost relative to native") : result;
}

int chart_costs(const struct record *record, enum workload_group group,
                struct chart *chart)
{
    int result = chart_dots(record, group, false, chart);

    return result == 0 ? set_title(chart, "Cost of one operation") : result;
}
