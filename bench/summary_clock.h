/*
 * Whether the clock inside a platform tells the host's time. A workload's own
 * figures are taken by the clock inside; where that is wrong they are no
 * figures of this machine's time, and get no verdict.
 */
#ifndef RINGSIDE_BENCH_SUMMARY_CLOCK_H
#define RINGSIDE_BENCH_SUMMARY_CLOCK_H

#include "bench/summary_collect.h"

/* Why such a figure has no verdict. */
extern const char clock_reason[];

/* Were most of its runs with both clocks flagged? */
bool clock_disagrees(const struct collection *collection, size_t platform);

/* The "clocks" of summary.json; NULL: no memory. */
json_t *clocks_to_json(const struct collection *collection);

#endif
