/*
 * Which figures the page has. A kind of figure is a row of a table here; a
 * kind whose group has several workloads shows them in one chart or, for
 * start-up, in a chart each.
 */
#include "report/figures.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct figure_kind {
    enum workload_group group;
    const char *chart_name;
    const char *heading;
    const char *lead;
    const char *note;
    /* One of the two draws the chart. */
    int (*draw_group)(const struct record *, enum workload_group,
                      struct chart *);
    int (*draw_workload)(const struct record *, const struct workload_entry *,
                         struct chart *);
    const char *second_metric; /* a table more, or NULL */
};

static const char curve_note[] =
    "Each curve climbs to the right by one step a run: where it crosses 50 % "
    "is the median. The row above it has the same colour and marker; its "
    "thick bar is the 95 % interval of the median. The axis is logarithmic.";

static const char ratio_note[] =
    "Ratios to native, paired within each block. Large marker: median; bar: "
    "its 95 % interval; small dots: single blocks. The shaded band is where a "
    "difference is too small to matter. Left of 1 is faster than native. The "
    "axis is logarithmic.";

static const struct figure_kind kinds[] = {
    {.group = GROUP_START,
     .chart_name = "startup",
     .heading = "Start-up",
     .lead = "The time from just before the platform's command is executed "
             "until it has been reaped, for a program that does nothing. It "
             "holds everything: set-up, the program, and clearing away. The "
             "host rests before each start, as before the one start that a "
             "person waits for; back to back, what moves processes between "
             "control groups looks quicker (--rest 0 shows it).",
     .note = curve_note,
     .draw_workload = chart_startup},
    {.group = GROUP_CPU,
     .chart_name = "cpu",
     .heading = "Computing",
     .lead = "Work that stays in the processor: what the program needs for "
             "one operation, by its own clock, against the same program as a "
             "native process.",
     .note = ratio_note,
     .draw_group = chart_ratios},
    {.group = GROUP_MEMORY,
     .chart_name = "memory",
     .heading = "Memory access",
     .lead = "Work that leans on memory: first touch of fresh pages, "
             "streaming, and a walk in which each step depends on the one "
             "before. Here page tables and page size show.",
     .note = ratio_note,
     .draw_group = chart_ratios},
    {.group = GROUP_KERNEL,
     .chart_name = "kernel",
     .heading = "System calls",
     .lead = "What it costs the program to ask its kernel for nothing at "
             "all. In a container that is the host's kernel behind a filter; "
             "in a unikernel it is a library in the same address space.",
     .note = "Time for one operation. Large marker: median; bar: its 95 % "
             "interval; small dots: single runs. The axis is logarithmic.",
     .draw_group = chart_costs},
    {.group = GROUP_FILES,
     .chart_name = "files",
     .heading = "Files",
     .lead = "Work that asks the kernel for files: what the program needs for "
             "one operation, by its own clock, against the same program as a "
             "native process.",
     .note = ratio_note,
     .draw_group = chart_ratios},
    {.group = GROUP_MACRO,
     .chart_name = "macro",
     .heading = "Programs as people run them",
     .lead = "Whole programs instead of single operations: what one unit of "
             "their work needs, by their own clock, against the same program "
             "as a native process.",
     .note = ratio_note,
     .draw_group = chart_ratios},
    {.group = GROUP_IDLE,
     .chart_name = "idle-memory",
     .heading = "Memory of an idle instance",
     .lead = "What one instance holds while its program sleeps, summed over "
             "every process of the platform: the proportional set size (PSS, "
             "in which shared pages count by their share), and the kernel "
             "memory that the host accounts to it.",
     .note = "Solid: PSS; lighter: kernel memory on top, where the host "
             "accounts it. Lines are the 95 % interval of the median PSS, "
             "small dots single runs. The axis starts at zero.",
     .draw_workload = chart_memory,
     .second_metric = "memory_kernel"},
    {.group = GROUP_OWN,
     .chart_name = "own",
     .heading = "Your program",
     .lead = "The program that was given on the command line, from just "
             "before the platform's command is executed until it has been "
             "reaped.",
     .note = curve_note,
     .draw_workload = chart_startup},
};

static void add_table(struct page_figure *figure,
                      const struct figure_table *table)
{
    if (figure->table_count < FIGURE_MAX_TABLES)
        figure->tables[figure->table_count++] = *table;
}

/* The judged metric, and for costs whatever else an operation costs. */
static void add_tables(const struct record *record, struct page_figure *figure,
                       const struct workload_entry *workload)
{
    const char *metrics[CHART_MAX_METRICS];
    size_t count = 0;

    add_table(figure, &(struct figure_table){.workload = workload,
                                             .caption = workload->title});
    if (figure->group == GROUP_KERNEL)
        count =
            record_other_costs(record, workload, metrics, CHART_MAX_METRICS);
    for (size_t i = 0; i < count; i++)
        add_table(figure, &(struct figure_table){
                              .workload = workload,
                              .metric = metrics[i],
                              .caption = chart_metric_title(metrics[i]),
                              .brief = true});
}

static struct page_figure *add_figure(struct figures *figures,
                                      const struct figure_kind *kind,
                                      size_t number)
{
    struct page_figure *figure;

    if (figures->count == FIGURES_MAX) {
        figures->beyond++;
        return NULL;
    }
    figure = &figures->list[figures->count++];
    figure->heading = kind->heading;
    figure->lead = kind->lead;
    figure->note = kind->note;
    figure->group = kind->group;
    snprintf(figure->chart.name, sizeof(figure->chart.name),
             number == 1 ? "%s" : "%s-%zu", kind->chart_name, number);
    return figure;
}

/* One figure for all workloads of the group. */
static int make_group(const struct record *record,
                      const struct figure_kind *kind, struct figures *figures)
{
    struct page_figure *figure = NULL;

    for (size_t i = 0; i < record->workload_count; i++) {
        const struct workload_entry *workload = &record->workloads[i];

        if (workload->group != kind->group)
            continue;
        if (figure == NULL)
            figure = add_figure(figures, kind, 1);
        if (figure == NULL)
            return 0;
        add_tables(record, figure, workload);
    }
    if (figure == NULL)
        return 0;
    return kind->draw_group(record, kind->group, &figure->chart);
}

/* A figure for each workload of the group. */
static int make_each(const struct record *record,
                     const struct figure_kind *kind, struct figures *figures)
{
    size_t number = 0;
    int result = 0;

    for (size_t i = 0; result == 0 && i < record->workload_count; i++) {
        const struct workload_entry *workload = &record->workloads[i];
        struct page_figure *figure;

        if (workload->group != kind->group)
            continue;
        figure = add_figure(figures, kind, ++number);
        if (figure == NULL)
            continue;
        add_tables(record, figure, workload);
        if (kind->second_metric != NULL)
            add_table(figure, &(struct figure_table){
                                  .workload = workload,
                                  .metric = kind->second_metric,
                                  .caption = "Kernel memory on top"});
        result = kind->draw_workload(record, workload, &figure->chart);
    }
    return result;
}

/* The first trouble is kept: the others are mostly the same. */
static void note_trouble(struct figures *figures, int result,
                         const struct error *error)
{
    if (figures->trouble != NULL)
        return;
    figures->trouble =
        strdup(result == -ENOENT
                   ? "gnuplot is not installed, so this page has its tables "
                     "and no charts (Debian: apt-get install gnuplot-nox)"
                   : error->text);
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
    for (size_t i = 0; result == 0 && i < sizeof(kinds) / sizeof(*kinds); i++)
        result = kinds[i].draw_group != NULL
                     ? make_group(record, &kinds[i], figures)
                     : make_each(record, &kinds[i], figures);
    if (result < 0) {
        figures_release(figures);
        return error_errno(error, -result, "charts");
    }
    draw_charts(directory, figures);
    return 0;
}

void figures_release(struct figures *figures)
{
    for (size_t i = 0; i < figures->count; i++)
        chart_release(&figures->list[i].chart);
    free(figures->trouble);
    *figures = (struct figures){0};
}
