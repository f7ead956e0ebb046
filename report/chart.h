/*
 * A chart: data and settings on their way to gnuplot, a picture on the way
 * back. A chart is drawn twice, wide and narrow, and the page shows the one
 * that fits the screen, so that no label shrinks on a phone.
 */
#ifndef RINGSIDE_REPORT_CHART_H
#define RINGSIDE_REPORT_CHART_H

#include "report/record.h"
#include "report/svg.h"

#include <math.h>

enum chart_width { CHART_WIDE, CHART_NARROW, CHART_WIDTHS };

enum {
    CHART_MAX_ROWS = 160,        /* more would be a wall, not a chart */
    CHART_NAME_CHARACTERS = 16,  /* of a name, where it is narrow */
    CHART_LABEL_CHARACTERS = 21, /* of a title, where it is wide */
    CHART_MAX_METRICS = 4,       /* costs of one workload, besides the first */
    CHART_MAX_POINTS = 30,       /* single values are drawn below this n */
};

struct chart {
    char name[32]; /* of its files, without suffix: [a-z0-9-] */
    char *title;   /* for those who cannot see it, and in captions */
    char *description;
    char *settings;     /* gnuplot assignments in front of the template */
    char *data;         /* tab-separated, with comment lines */
    const char *script; /* the template: an asset */
    size_t rows;        /* 0: there is nothing to draw */
    size_t clipped;     /* single values drawn at the edge */
    bool has_points;    /* single values are drawn */
    struct svg picture[CHART_WIDTHS];
    bool drawn;
};

/*
 * Whether charts are drawn as PNG and PDF files too, of the whole program: as
 * they are from the beginning.
 */
void chart_set_pictures(bool wanted);

/*
 * The kinds of charts. Each fills in *chart from the record, for a group of
 * workloads or one workload of it; those of no group (GROUPS) take what they
 * need. chart->rows stays 0 when there is nothing to draw. Errors: -ENOMEM.
 */

/* Time from spawn to exit as a cumulative distribution, a curve a platform. */
int chart_startup(const struct record *record, enum workload_group group,
                  const struct workload_entry *workload, struct chart *chart);

/* Ratios to native with intervals for every workload of a group. */
int chart_ratios(const struct record *record, enum workload_group group,
                 const struct workload_entry *workload, struct chart *chart);

/* The judged figure itself with its interval, every workload of a group. */
int chart_costs(const struct record *record, enum workload_group group,
                const struct workload_entry *workload, struct chart *chart);

/* What an idle instance holds, as a stack. */
int chart_memory(const struct record *record, enum workload_group group,
                 const struct workload_entry *workload, struct chart *chart);

/* Where a start spends its time, as a stack. */
int chart_phases(const struct record *record, enum workload_group group,
                 const struct workload_entry *workload, struct chart *chart);

/* Throughput and CPU per operation, times native, in two panels. */
int chart_throughput(const struct record *record, enum workload_group group,
                     const struct workload_entry *workload,
                     struct chart *chart);

/* Memory for each of so many instances. */
int chart_density_memory(const struct record *record, enum workload_group group,
                         const struct workload_entry *workload,
                         struct chart *chart);

/* The start of one more instance beside so many. */
int chart_density_start(const struct record *record, enum workload_group group,
                        const struct workload_entry *workload,
                        struct chart *chart);

/* Start-up against the system calls that it takes of the host. */
int chart_surface(const struct record *record, enum workload_group group,
                  const struct workload_entry *workload, struct chart *chart);

/* The workload whose system calls it shows, or NULL. */
const struct workload_entry *surface_workload(const struct record *record);

/* What two native runs differ by, a row a workload. */
int chart_noise(const struct record *record, enum workload_group group,
                const struct workload_entry *workload, struct chart *chart);

/* Every run in the order of the session. */
int chart_order(const struct record *record, enum workload_group group,
                const struct workload_entry *workload, struct chart *chart);

/* Published ratios and ours. */
int chart_published(const struct record *record, enum workload_group group,
                    const struct workload_entry *workload, struct chart *chart);

/*
 * Writes NAME.gp and NAME.tsv into the directory fd, replacing older ones, and
 * removes older pictures. Errors: those of the file system.
 */
int chart_write(int directory, const struct chart *chart, struct error *error);

/*
 * Has gnuplot draw NAME.svg and NAME-narrow.svg, and where it can NAME.png and
 * NAME.pdf, from what chart_write wrote, and reads the first two. Errors: those
 * of gnuplot_run, svg_convert and of the file system; -ENOENT only when there
 * is no gnuplot.
 */
int chart_draw(int directory, struct chart *chart, struct error *error);

/* Frees what the chart holds; a zeroed one is fine. */
void chart_release(struct chart *chart);

/* What a chart is written into: three of its texts. */
struct chart_streams {
    FILE *data, *settings, *description;
    size_t sizes[3];
};

/*
 * Opens the chart's texts for writing; false where there is no memory, and
 * chart_streams_close tells again. Close them in both cases: it returns 0 when
 * all texts are there, -ENOMEM otherwise.
 */
bool chart_streams_open(struct chart *chart, struct chart_streams *streams);
int chart_streams_close(const struct chart *chart,
                        struct chart_streams *streams);

/*
 * The single values of a cell's platform and workload, those above zero: what
 * a logarithmic axis can show. The caller frees them. Errors: -ENOMEM.
 */
int chart_single_values(const struct record *record, const struct cell *cell,
                        double **values, size_t *count);

/* Ends of a logarithmic axis, so that what is shown lies inside. */
struct chart_axis {
    double low, high;
};

/* Holds nothing yet. */
#define CHART_AXIS_EMPTY ((struct chart_axis){INFINITY, 0})

void chart_axis_include(struct chart_axis *axis, double low, double high);

/* Room to spare at both ends, by that factor. */
void chart_axis_widen(struct chart_axis *axis, double factor);

/* What a further cost of a workload is called: "as a function call". */
const char *chart_metric_title(const char *metric);

/*
 * A label as gnuplot reads it from a data file: in double quotes, one line,
 * neither quotes nor backslashes nor tabs inside, cut to the width of about
 * limit ordinary characters.
 */
void chart_write_label(FILE *out, const char *text, size_t limit);

/*
 * Writes the tick lists ticks_wide and ticks_narrow of the axis in unit: round
 * values, about as many as wanted on the wide one, labelled as number_value
 * does. "×" is the unit of a ratio; a unit that is not known is not written.
 */
void chart_write_log_ticks(FILE *out, const struct chart_axis *axis,
                           const char *unit, int wanted);

#endif
