/*
 * What stands beside results.jsonl from runs that were looked at and not timed
 * (observe.h), for the summary.
 */
#ifndef RINGSIDE_BENCH_SUMMARY_OBSERVED_H
#define RINGSIDE_BENCH_SUMMARY_OBSERVED_H

#include "bench/summary_collect.h"

/*
 * Adds the costs of DIRECTORY/costs.jsonl to the collection: their repetition
 * is the block, so ratios to native are paired by it. Lines about what the
 * session has no cell for are passed over. Errors: of lines_read, -ENOMEM.
 */
int observed_costs_collect(const char *directory, struct collection *collection,
                           struct error *error);

/*
 * The summary's member "surface", of DIRECTORY/surface.jsonl: a new array, or
 * NULL with error set.
 */
json_t *observed_surface_to_json(const char *directory,
                                 const struct result_header *header,
                                 struct error *error);

#endif
