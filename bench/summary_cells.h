/* The "cells" and "noise_floor" of summary.json. */
#ifndef RINGSIDE_BENCH_SUMMARY_CELLS_H
#define RINGSIDE_BENCH_SUMMARY_CELLS_H

#include "bench/summary_collect.h"

/*
 * Every (workload, platform, metric), platforms left out included; and the
 * noise floor of each workload's judged metric. Errors: -ENOMEM.
 */
int cells_to_json(const struct collection *collection, json_t *cells,
                  json_t *noise_floor);

/* A number as JSON: an integer where it is one. */
json_t *number_to_json(double value);

#endif
