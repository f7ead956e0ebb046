/*
 * Whether the order of runs mattered, for each workload's judged metric: the
 * "order_effect" of summary.json. Randomised blocks spread such an effect over
 * all platforms alike, so it costs precision and does not bias; that it is
 * there is told all the same.
 */
#ifndef RINGSIDE_BENCH_SUMMARY_ORDER_H
#define RINGSIDE_BENCH_SUMMARY_ORDER_H

#include "bench/summary_collect.h"

/* The object, by workload; NULL: no memory. */
json_t *order_to_json(const struct collection *collection);

#endif
