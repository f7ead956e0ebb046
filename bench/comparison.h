/*
 * Two sessions side by side, before and after: what changed on each platform
 * and by how much. Both are records of runs at different times, so values are
 * not paired: the ratio is the Hodges-Lehmann shift of statistics.h.
 */
#ifndef RINGSIDE_BENCH_COMPARISON_H
#define RINGSIDE_BENCH_COMPARISON_H

#include "bench/statistics.h"
#include "bench/summary_collect.h"

#include <jansson.h>

struct comparison_options {
    const char *before, *after; /* directories */
    bool all_metrics;           /* not the judged ones alone */
    /*
     * Compare each platform's ratio to native within a block instead of its
     * value: what changed on the whole machine between the two drops out.
     */
    bool relative;
};

/* One (workload, platform, metric) that both sessions have. */
struct comparison_row {
    char *workload, *platform, *metric, *unit; /* unit "" when relative */
    bool higher_is_better;
    struct estimate before, after;
    struct ratio change; /* after over before */
    enum verdict verdict;
    /* Its level, that corrected for the number of rows (family_adjust), and
     * what the verdict is by that. */
    double p, p_adjusted;
    enum verdict corrected;
};

struct comparison {
    struct comparison_row *rows;
    size_t count;
    /* Facts of the fingerprints that differ: name, before, after (JSON). */
    json_t *differing_facts;
    bool cold_before, cold_after; /* page cache, at each start */
    bool same_program; /* the digests of the measured program are equal */
};

/*
 * Compares two sessions. A verdict is by the rule of verdict_decide, with the
 * wider of the two sessions' noise floors; all rows together are a family.
 * Errors: those of collection_read; -ENODATA when no cell is in both. The
 * caller releases it.
 */
int comparison_compute(const struct comparison_options *options,
                       struct comparison *comparison, struct error *error);

void comparison_release(struct comparison *comparison);

#endif
