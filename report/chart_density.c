/*
 * How many instances one host takes: memory for each, and the time that the
 * next one needs to start, over the number that already run.
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

enum { MAX_CURVES = 40, LABEL_HEIGHT = 17, PLOT_LEAST = 260 };

/* A curve's name at its end; y in pixels from the bottom of the plot. */
struct end {
    const struct density_series *series;
    double x, y, pixel;
};

struct density {
    const struct record *record;
    bool memory; /* else latency */
    struct end ends[MAX_CURVES];
    size_t count;
    struct chart_axis x, y;
    double height; /* pixels */
};

static double value_of(const struct density *density,
                       const struct density_point *point)
{
    return density->memory ? point->memory : point->latency;
}

static bool shows(const struct density *density,
                  const struct density_point *point)
{
    return point->instances >= 1 && value_of(density, point) > 0;
}

static void collect(struct density *density)
{
    density->x = density->y = CHART_AXIS_EMPTY;
    for (size_t i = 0;
         i < density->record->density_count && density->count < MAX_CURVES;
         i++) {
        const struct density_series *series = &density->record->density[i];
        struct end *end = &density->ends[density->count];

        end->series = NULL;
        for (size_t k = 0; k < series->count; k++) {
            const struct density_point *point = &series->points[k];

            if (!shows(density, point))
                continue;
            end->series = series;
            end->x = point->instances;
            end->y = value_of(density, point);
            chart_axis_include(&density->x, end->x, end->x);
            chart_axis_include(&density->y, end->y, end->y);
        }
        density->count += end->series != NULL;
    }
}

static int by_pixel(const void *left, const void *right)
{
    const struct end *a = left, *b = right;

    return (a->pixel > b->pixel) - (a->pixel < b->pixel);
}

/* Labels keep their distance: pushed up from below, then down from above. */
static void share_out(struct density *density)
{
    struct end *ends = density->ends;
    double top;

    density->height = fmax(PLOT_LEAST, (double)density->count * LABEL_HEIGHT);
    top = density->height - LABEL_HEIGHT / 2.0;
    for (size_t i = 0; i < density->count; i++)
        ends[i].pixel = density->height * log(ends[i].y / density->y.low) /
                        log(density->y.high / density->y.low);
    qsort(ends, density->count, sizeof(*ends), by_pixel);
    for (size_t i = 1; i < density->count; i++)
        ends[i].pixel = fmax(ends[i].pixel, ends[i - 1].pixel + LABEL_HEIGHT);
    for (size_t i = density->count; i-- > 0; top = ends[i].pixel - LABEL_HEIGHT)
        ends[i].pixel = fmin(ends[i].pixel, top);
}

static void write_curves(const struct density *density, FILE *out)
{
    fputs("# instances\tvalue\tcolour\tmarker\n", out);
    for (size_t i = 0; i < density->count; i++) {
        const struct density_series *series = density->ends[i].series;
        const struct look look =
            platform_look(density->record, series->platform);

        for (size_t k = 0; k < series->count; k++)
            if (shows(density, &series->points[k]))
                fprintf(out, "%.9g\t%.9g\t%u\t%d\n",
                        series->points[k].instances,
                        value_of(density, &series->points[k]), look.colour,
                        look.point_type);
        fputc('\n', out);
    }
}

static void write_ends(const struct density *density, FILE *out)
{
    fputs("\n# label y\tx\ty\tcolour\tlabel\tname\tmarker\n", out);
    for (size_t i = 0; i < density->count; i++) {
        const struct end *end = &density->ends[i];
        const struct platform_entry *platform = end->series->platform;

        fprintf(out, "%.9g\t%.9g\t%.9g\t%u\t",
                density->y.low * pow(density->y.high / density->y.low,
                                     end->pixel / density->height),
                end->x, end->y,
                platform_look(density->record, platform).colour);
        chart_write_label(out, platform->title, CHART_LABEL_CHARACTERS);
        fputc('\t', out);
        chart_write_label(out, platform->name, CHART_NAME_CHARACTERS);
        fprintf(out, "\t%d\n",
                platform_look(density->record, platform).point_type);
    }
}

/* chart_write_log_ticks names them for the x axis; the y axis has its own. */
static void write_settings(const struct density *density, FILE *out)
{
    const char *unit = density->memory ? "bytes" : "ns";
    char *text = NULL;
    size_t size;
    FILE *ticks = open_memstream(&text, &size);

    fprintf(out, "curves = %zu\nplot_height = %g\n", density->count,
            density->height);
    fprintf(out, "array colours[%zu]\n", density->count + 1);
    for (size_t i = 0; i < density->count; i++)
        fprintf(
            out, "colours[%zu] = %u\n", i + 1,
            platform_look(density->record, density->ends[i].series->platform)
                .colour);
    fprintf(out, "low_x = %.9g\nhigh_x = %.9g\nlow = %.9g\nhigh = %.9g\n",
            density->x.low, density->x.high, density->y.low, density->y.high);
    fputs("word_x = ", out);
    chart_write_label(out, say("chart.density.x"), 40);
    fputc('\n', out);
    chart_write_log_ticks(out, &density->x, "", 7);
    if (ticks == NULL)
        return;
    chart_write_log_ticks(ticks, &density->y, unit, 6);
    fclose(ticks);
    if (text != NULL && strchr(text, '\'') != NULL)
        fprintf(out, "ticks_y = %.*s\n", (int)strcspn(strchr(text, '\''), "\n"),
                strchr(text, '\''));
    free(text);
}

static void describe(const struct density *density, const char *title,
                     FILE *out)
{
    fprintf(out, "%s:", title);
    for (size_t i = density->count; i-- > 0;) {
        const struct end *end = &density->ends[i];

        fprintf(out, "%s %s %s, %.0f", i + 1 == density->count ? "" : ";",
                shorten(end->series->platform->title, 40).text,
                number_value(end->y, density->memory ? "bytes" : "ns").text,
                end->x);
    }
    fputc('.', out);
}

static int chart_density(const struct record *record, bool memory,
                         struct chart *chart)
{
    const char *title =
        say(memory ? "chart.density.memory" : "chart.density.start");
    struct density density = {.record = record, .memory = memory};
    struct chart_streams streams;

    chart->script = report_asset_curves;
    collect(&density);
    if (density.count == 0)
        return 0;
    chart_axis_widen(&density.y, 1.3);
    chart_axis_include(&density.x, 1, 2);
    density.x.high *= 1.6; /* room for the lines to the labels */
    share_out(&density);
    if (chart_streams_open(chart, &streams)) {
        write_curves(&density, streams.data);
        write_ends(&density, streams.data);
        write_settings(&density, streams.settings);
        describe(&density, title, streams.description);
    }
    chart->rows = density.count;
    chart->has_points = true;
    chart->title = strdup(title);
    return chart_streams_close(chart, &streams) < 0 || chart->title == NULL
               ? -ENOMEM
               : 0;
}

int chart_density_memory(const struct record *record, enum workload_group group,
                         const struct workload_entry *workload,
                         struct chart *chart)
{
    (void)group;
    (void)workload;
    return chart_density(record, true, chart);
}

int chart_density_start(const struct record *record, enum workload_group group,
                        const struct workload_entry *workload,
                        struct chart *chart)
{
    (void)group;
    (void)workload;
    return chart_density(record, false, chart);
}

/* The first and the last point of each curve, and why it ends there. */
void table_density(struct grid *grid, const struct record *record,
                   const struct page_figure *figure)
{
    (void)figure;
    grid_head(grid, say("table.platform"));
    grid_head(grid, say("table.instances"));
    grid_head(grid, say("table.density.memory"));
    grid_head(grid, say("table.density.start"));
    grid_head(grid, say("table.stopped"));
    for (size_t i = 0; i < record->density_count; i++) {
        const struct density_series *series = &record->density[i];
        const struct density_point *last;

        grid_platform(grid, series->platform);
        if (series->count == 0) {
            grid_text(grid, "0");
            grid_missing(grid, NULL);
            grid_missing(grid, NULL);
        } else {
            last = &series->points[series->count - 1];
            grid_text(grid, number_count((size_t)last->instances).text);
            if (isnan(last->memory))
                grid_missing(grid, NULL);
            else
                grid_text(grid, number_value(last->memory, "bytes").text);
            if (isnan(last->latency))
                grid_missing(grid, NULL);
            else
                grid_text(grid, number_value(last->latency, "ns").text);
        }
        grid_text(grid, series->stopped != NULL ? series->stopped : "");
    }
}
