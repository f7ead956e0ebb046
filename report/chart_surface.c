/*
 * Start-up against attack surface: how long a platform takes, and how many
 * different system calls of the host the workload's run made it issue; or,
 * where they were counted for all, how many functions of the host's kernel it
 * reached. To the lower left is quick and narrow.
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

enum { MAX_MARKS = 60, LABEL_HEIGHT = 16, PLOT_HEIGHT = 360 };

struct mark {
    const struct platform_entry *platform;
    const struct surface_entry *surface;
    const struct cell *start;
    double height; /* calls, or functions */
    double label;  /* y of its name */
};

struct surface_chart {
    const struct record *record;
    bool functions; /* not system calls */
    struct mark marks[MAX_MARKS];
    size_t count;
    struct chart_axis x;
    double high;
    double height; /* pixels */
};

static const struct cell *start_of(const struct record *record,
                                   const struct platform_entry *platform)
{
    for (size_t i = 0; i < record->cell_count; i++) {
        const struct cell *cell = &record->cells[i];

        if (cell->platform == platform && cell->primary &&
            cell->workload->group == GROUP_START && cell->value.n > 0 &&
            cell->value.median > 0)
            return cell;
    }
    return NULL;
}

static bool is_known(const struct surface_entry *entry)
{
    return !isnan(entry->distinct) && !entry->platform->left_out &&
           !entry->platform->control;
}

/* How many platforms have the workload's surface, and their calls together. */
static size_t count_known(const struct record *record,
                          const struct workload_entry *workload, double *calls)
{
    size_t count = 0;

    *calls = 0;
    for (size_t i = 0; i < record->surface_count; i++) {
        const struct surface_entry *entry = &record->surface[i];

        if (entry->workload != workload || !is_known(entry))
            continue;
        count++;
        *calls += entry->distinct;
    }
    return count;
}

/* One for all: the workload that most platforms have, of these the busiest. */
const struct workload_entry *surface_workload(const struct record *record)
{
    const struct workload_entry *best = NULL;
    double best_calls = -1;
    size_t best_count = 0;

    for (size_t i = 0; i < record->workload_count; i++) {
        double calls;
        const size_t count = count_known(record, &record->workloads[i], &calls);

        if (count > best_count ||
            (count == best_count && count > 0 && calls > best_calls)) {
            best = &record->workloads[i];
            best_count = count;
            best_calls = calls;
        }
    }
    return best;
}

static const struct surface_entry *surface_of(
    const struct record *record, const struct platform_entry *platform,
    const struct workload_entry *workload)
{
    for (size_t i = 0; i < record->surface_count; i++) {
        const struct surface_entry *entry = &record->surface[i];

        if (entry->platform == platform && entry->workload == workload &&
            is_known(entry))
            return entry;
    }
    return NULL;
}

/* Whether functions of the kernel are known wherever system calls are. */
static bool has_functions(const struct record *record)
{
    const struct workload_entry *workload = surface_workload(record);

    for (size_t i = 0; i < record->surface_count; i++) {
        const struct surface_entry *entry = &record->surface[i];

        if (entry->workload == workload && is_known(entry) &&
            isnan(entry->kernel_functions))
            return false;
    }
    return true;
}

static const char *axis_of(const struct surface_chart *chart)
{
    return chart->functions ? "chart.surface.y.functions" : "chart.surface.y";
}

static int by_height(const void *left, const void *right)
{
    const struct mark *a = left, *b = right;

    return (a->height > b->height) - (a->height < b->height);
}

static void collect(struct surface_chart *chart)
{
    const struct record *record = chart->record;
    const struct workload_entry *workload = surface_workload(record);

    chart->x = CHART_AXIS_EMPTY;
    for (size_t i = 0; i < record->platform_count && chart->count < MAX_MARKS;
         i++) {
        const struct platform_entry *platform = &record->platforms[i];
        struct mark *mark = &chart->marks[chart->count];

        if (platform->left_out || platform->control)
            continue;
        *mark = (struct mark){.platform = platform,
                              .surface = surface_of(record, platform, workload),
                              .start = start_of(record, platform)};
        if (mark->surface == NULL || mark->start == NULL)
            continue;
        chart_axis_include(&chart->x, mark->start->value.median,
                           mark->start->value.median);
        mark->height = chart->functions ? mark->surface->kernel_functions
                                        : mark->surface->distinct;
        chart->high = fmax(chart->high, mark->height);
        chart->count++;
    }
    if (chart->count > 0)
        qsort(chart->marks, chart->count, sizeof(*chart->marks), by_height);
}

/* Names keep their distance: pushed up from below, then down from above. */
static void share_out(struct surface_chart *chart)
{
    const double height =
        fmax(PLOT_HEIGHT, (double)chart->count * LABEL_HEIGHT);
    const double step = chart->high * LABEL_HEIGHT / height;
    double top = chart->high - step / 2, last = -step / 2;

    chart->height = height;
    for (size_t i = 0; i < chart->count; i++) {
        struct mark *mark = &chart->marks[i];

        mark->label = last = fmax(mark->height, last + step);
    }
    for (size_t i = chart->count; i-- > 0; top = chart->marks[i].label - step)
        chart->marks[i].label = fmin(chart->marks[i].label, top);
}

static void write_data(const struct surface_chart *chart, FILE *out)
{
    fputs("# start\tcalls\tcolour\tmarker\tlabel y\tlabel\tname\n", out);
    for (size_t i = 0; i < chart->count; i++) {
        const struct mark *mark = &chart->marks[i];
        const struct look look = platform_look(chart->record, mark->platform);

        fprintf(out, "%.9g\t%.9g\t%u\t%d\t%.9g\t", mark->start->value.median,
                mark->height, look.colour, look.point_type, mark->label);
        chart_write_label(out, mark->platform->title, CHART_LABEL_CHARACTERS);
        fputc('\t', out);
        chart_write_label(out, mark->platform->name, CHART_NAME_CHARACTERS);
        fputc('\n', out);
    }
}

static void write_settings(const struct surface_chart *chart, FILE *out)
{
    fprintf(out, "low_x = %.9g\nhigh_x = %.9g\nhigh = %.9g\nplot_height = %g\n",
            chart->x.low, chart->x.high, chart->high, chart->height);
    fputs("word_x = ", out);
    chart_write_label(out, say("chart.surface.x"), 60);
    fputs("\nword_y = ", out);
    chart_write_label(out, say(axis_of(chart)), 60);
    fputc('\n', out);
    chart_write_log_ticks(out, &chart->x, "ns", 5);
}

static void describe(const struct surface_chart *chart, FILE *out)
{
    fprintf(
        out, "%s (%s):",
        say(chart->functions ? "chart.surface.functions" : "chart.surface"),
        shorten(workload_title(chart->marks[0].surface->workload), 40).text);
    for (size_t i = 0; i < chart->count; i++) {
        const struct mark *mark = &chart->marks[i];

        fprintf(out, "%s %s %.0f, %s", i == 0 ? "" : ";",
                shorten(mark->platform->title, 40).text, mark->height,
                number_figure(&mark->start->value, mark->start->unit).text);
    }
    fputc('.', out);
}

int chart_surface(const struct record *record, enum workload_group group,
                  const struct workload_entry *workload, struct chart *chart)
{
    struct surface_chart surface = {
        .record = record, .functions = has_functions(record), .high = 1};
    struct chart_streams streams;

    (void)group;
    (void)workload;
    chart->script = report_asset_scatter;
    collect(&surface);
    /* Entries without a figure still have their rows in the table. */
    if (surface.count == 0)
        return 0;
    chart_axis_widen(&surface.x, 1.5);
    surface.x.high *= 1.5; /* room for the lines to the names */
    surface.high *= 1.1;
    share_out(&surface);
    if (chart_streams_open(chart, &streams)) {
        write_data(&surface, streams.data);
        write_settings(&surface, streams.settings);
        describe(&surface, streams.description);
    }
    chart->rows = surface.count;
    chart->has_points = true;
    chart->title = say_text(
        FORM_PLAIN,
        surface.functions ? "chart.surface.functions.of" : "chart.surface.of",
        shorten(workload_title(surface_workload(record)), 40).text, NULL);
    return chart_streams_close(chart, &streams) < 0 || chart->title == NULL
               ? -ENOMEM
               : 0;
}

static void add_number(struct grid *grid, double value)
{
    if (isnan(value))
        grid_missing(grid, NULL);
    else
        grid_text(grid, number_count((size_t)value).text);
}

void table_surface(struct grid *grid, const struct record *record,
                   const struct page_figure *figure)
{
    (void)figure;
    grid_head(grid, say("table.platform"));
    grid_head(grid, say("table.workload"));
    grid_head(grid, say("table.surface.distinct"));
    grid_head(grid, say("table.surface.total"));
    grid_head(grid, say("table.surface.start"));
    grid_head(grid, say("table.surface.functions"));
    grid_head(grid, say("table.missing"));
    for (size_t i = 0; i < record->surface_count; i++) {
        const struct surface_entry *entry = &record->surface[i];

        grid_platform(grid, entry->platform);
        grid_text(grid, shorten(workload_title(entry->workload), 40).text);
        add_number(grid, entry->distinct);
        add_number(grid, entry->total);
        add_number(grid, entry->start_distinct);
        add_number(grid, entry->kernel_functions);
        grid_text(grid, entry->why != NULL ? entry->why : "");
    }
}
