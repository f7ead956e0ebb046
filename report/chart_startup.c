/*
 * Time from spawn to exit, every run of it: the share of runs that were done
 * after so much time, on a logarithmic axis, a curve a platform. Above the
 * curves a row a platform with its name, median and interval takes the place
 * of a legend.
 */
#include "report/chart.h"

#include "report/assets.h"
#include "report/markup.h"
#include "report/numbers.h"
#include "report/palette.h"
#include "report/text.h"

#include <errno.h>
#include <gsl/gsl_sort.h>
#include <math.h>
#include <string.h>

enum {
    MAX_SERIES = 48,
    MAX_STEPS = 400,        /* of a curve */
    NARROW_CHARACTERS = 13, /* beside a marker in the middle, value and all */
};

struct series {
    const struct cell *cell;
    double *values; /* rising */
    size_t count;
};

struct startup {
    const struct record *record;
    struct series series[MAX_SERIES]; /* fastest first */
    size_t count;
    struct chart_axis axis; /* ns */
};

static int by_median(const void *left, const void *right)
{
    const struct series *a = left, *b = right;

    return (a->cell->value.median > b->cell->value.median) -
           (a->cell->value.median < b->cell->value.median);
}

static int collect(const struct record *record,
                   const struct workload_entry *workload,
                   struct startup *startup)
{
    for (size_t i = 0;
         i < record->platform_count && startup->count < MAX_SERIES; i++) {
        const struct cell *cell =
            record_cell(record, &record->platforms[i], workload, NULL);
        struct series *series;

        if (cell == NULL || cell->value.n == 0 || cell->value.low <= 0)
            continue;
        series = &startup->series[startup->count++];
        series->cell = cell;
        if (chart_single_values(record, cell, &series->values, &series->count) <
            0)
            return -ENOMEM;
        gsl_sort(series->values, 1, series->count);
    }
    qsort(startup->series, startup->count, sizeof(*startup->series), by_median);
    return 0;
}

static void find_range(struct startup *startup)
{
    startup->axis = CHART_AXIS_EMPTY;
    for (size_t i = 0; i < startup->count; i++) {
        const struct series *series = &startup->series[i];
        const struct figure *figure = &series->cell->value;

        chart_axis_include(&startup->axis, figure->low, figure->high);
        if (series->count > 0)
            chart_axis_include(&startup->axis, series->values[0],
                               series->values[series->count - 1]);
    }
    chart_axis_widen(&startup->axis, 1.15);
}

/* Where on the axis, 0 to 1. */
static double place_of(const struct startup *startup, double x)
{
    return log(x / startup->axis.low) /
           log(startup->axis.high / startup->axis.low);
}

/*
 * Is there more room for the label to the left of the interval than to its
 * right? Counted in the narrow form of gnuplot/startup.gp, where room is short:
 * 296 pixels of axis, 50 before it and 14 behind.
 */
static bool label_left(const struct startup *startup,
                       const struct figure *figure)
{
    return 50 + 296 * place_of(startup, figure->low) >
           14 + 296 * (1 - place_of(startup, figure->high));
}

/* "runc  24.1 ms" */
static void write_label(FILE *out, const struct cell *cell, const char *name,
                        size_t characters)
{
    char label[sizeof(struct short_text) + sizeof(struct number_text) + 2];

    snprintf(label, sizeof(label), "%s  %s", shorten(name, characters).text,
             number_value(cell->value.median, cell->unit).text);
    chart_write_label(out, label, characters + 10);
}

static void write_rows(const struct startup *startup, FILE *out)
{
    fputs("# row\tmedian\tlow\thigh\tcolour\tmarker\tleft\tlabel\tname\n", out);
    for (size_t i = 0; i < startup->count; i++) {
        const struct cell *cell = startup->series[i].cell;
        const struct look look = platform_look(startup->record, cell->platform);
        const double median = cell->value.median;

        fprintf(out, "%zu\t%.9g\t%.9g\t%.9g\t%u\t%d\t%d\t", i, median,
                cell->value.low, cell->value.high, look.colour, look.point_type,
                label_left(startup, &cell->value));
        write_label(out, cell, cell->platform->title, 24);
        fputc('\t', out);
        write_label(out, cell, cell->platform->name, NARROW_CHARACTERS);
        fputc('\n', out);
    }
}

/* Every value is a step, but no more of them than can be seen. */
static size_t next_step(const struct series *series, size_t k)
{
    const size_t next = k + 1 + series->count / MAX_STEPS;

    return next < series->count || k + 1 == series->count ? next
                                                          : series->count - 1;
}

/* A blank line between the curves keeps them apart. */
static void write_curves(const struct startup *startup, FILE *out)
{
    fputs("\n\n# value\tshare\tcolour\tmarker\n", out);
    for (size_t i = 0; i < startup->count; i++) {
        const struct series *series = &startup->series[i];
        const struct look look =
            platform_look(startup->record, series->cell->platform);

        if (series->count == 0)
            continue;
        fprintf(out, "%.9g\t0\t%u\t%d\n", series->values[0], look.colour,
                look.point_type);
        for (size_t k = 0; k < series->count; k = next_step(series, k))
            fprintf(out, "%.9g\t%.9g\t%u\t%d\n", series->values[k],
                    (double)(k + 1) / (double)series->count, look.colour,
                    look.point_type);
        fputc('\n', out);
    }
}

static void write_settings(const struct startup *startup, struct chart *chart,
                           FILE *out)
{
    size_t curves = 0;

    chart->has_points = false;
    for (size_t i = 0; i < startup->count; i++) {
        const size_t count = startup->series[i].count;

        curves += count > 0;
        chart->has_points |= count > 0 && count < CHART_MAX_POINTS;
    }
    fprintf(out, "rows = %zu\ncurves = %zu\npoints = %d\n", startup->count,
            curves, chart->has_points);
    fprintf(out, "array colours[%zu]\n", curves + 1);
    for (size_t i = 0, k = 0; i < startup->count; i++)
        if (startup->series[i].count > 0)
            fprintf(out, "colours[%zu] = %u\n", ++k,
                    platform_look(startup->record,
                                  startup->series[i].cell->platform)
                        .colour);
    fprintf(out, "low = %.9g\nhigh = %.9g\n", startup->axis.low,
            startup->axis.high);
    chart_write_log_ticks(out, &startup->axis, "ns", 9);
}

static void describe(const struct startup *startup, struct chart *chart,
                     FILE *out)
{
    fprintf(out, "%s:", say("chart.startup.description"));
    for (size_t i = 0; i < startup->count; i++) {
        const struct cell *cell = startup->series[i].cell;

        fprintf(out, "%s %s %s", i == 0 ? "" : ";",
                shorten(cell->platform->title, 40).text,
                number_figure(&cell->value, cell->unit).text);
    }
    fputc('.', out);
    chart->rows = startup->count;
}

static int write_chart(const struct startup *startup, struct chart *chart)
{
    struct chart_streams streams;

    if (chart_streams_open(chart, &streams)) {
        write_rows(startup, streams.data);
        write_curves(startup, streams.data);
        write_settings(startup, chart, streams.settings);
        describe(startup, chart, streams.description);
    }
    return chart_streams_close(chart, &streams);
}

int chart_startup(const struct record *record, enum workload_group group,
                  const struct workload_entry *workload, struct chart *chart)
{
    struct startup startup = {.record = record};
    int result = collect(record, workload, &startup);

    (void)group;
    chart->script = report_asset_startup;
    if (result == 0 && startup.count > 0) {
        find_range(&startup);
        chart->title =
            say_text(FORM_PLAIN, "chart.startup",
                     shorten(workload_title(workload), 40).text, NULL);
        result = chart->title != NULL ? write_chart(&startup, chart) : -ENOMEM;
    }
    for (size_t i = 0; i < startup.count; i++)
        free(startup.series[i].values);
    return result;
}
