/*
 * One workload across all platforms: which series count, how they compare to
 * native's, how far the control is from native. Between the collected values
 * and the JSON of the cells.
 */
#ifndef RINGSIDE_BENCH_SUMMARY_VIEW_H
#define RINGSIDE_BENCH_SUMMARY_VIEW_H

#include "bench/statistics.h"
#include "bench/summary_collect.h"

/* What view_noise remembers. */
struct noise_entry {
    bool known;
    struct ratio control;
};

struct workload_view {
    const struct collection *collection;
    const struct result_header *header;
    const struct result_workload *workload;
    size_t index;        /* of the workload */
    int native, control; /* platform indices, -1: none */
    const char *digest;  /* that the gate asks for */
    bool has_flagged;    /* some of the good runs have flags */
    /* Leave flagged runs out of all figures; the caller may set it. */
    bool without_flagged;
    /* Borrowed names: the judged metric, the harness's own, the workload's. */
    const char **metrics;
    size_t metric_count;
    /* The control's ratios that were asked for: by metric, then again for
     * those without flagged runs. */
    struct noise_entry *noise;
};

/* The metric that a workload is judged by. */
const char *judged_metric(const struct result_workload *workload);

/* Errors: -ENOMEM; *view needs releasing in either case. */
int view_create(const struct collection *collection, size_t workload,
                struct workload_view *view);

void view_release(struct workload_view *view);

/* A series whose figures count (not refused by the gate, one unit), or NULL. */
const struct series *view_series(const struct workload_view *view, int platform,
                                 const char *metric);

/* The unit that the first platform to report the metric gave it, or NULL. */
const char *view_unit(const struct workload_view *view, const char *metric);

/*
 * A platform's ratio to native, paired by block; n = 0 where there is none.
 * Errors: -ENOMEM.
 */
int view_ratio(const struct workload_view *view, int platform,
               const char *metric, struct ratio *ratio);

/*
 * The logarithms of the pairs' ratios in rising order, *pairs of them. NULL: no
 * memory; else the caller frees it.
 */
double *view_logarithms(const struct workload_view *view, int platform,
                        const char *metric, size_t *pairs);

/*
 * The values of a metric on a platform in the order of blocks or, if relative,
 * their ratios to native's in the same block. *count is 0 where there is none.
 * NULL: no memory; else the caller frees it.
 */
double *view_values(const struct workload_view *view, int platform,
                    const char *metric, bool relative, size_t *count);

/* A unit of a rate ("MB/s") is better the higher it is; NULL is none. */
bool unit_higher_is_better(const char *unit);

/* The interval of the control's ratio, as long as the view is there, or NULL
 * where there is none. */
const struct interval *view_noise(const struct workload_view *view,
                                  const char *metric);

#endif
