/* The cost memory_available, out of what density found; see docs/costs.md. */
#ifndef RINGSIDE_BENCH_SUMMARY_AVAILABLE_H
#define RINGSIDE_BENCH_SUMMARY_AVAILABLE_H

#include "bench/results.h"

/*
 * Adds to the summary's cells, for each platform that DIRECTORY/density.jsonl
 * has lines of, what one more idle instance takes from the host's available
 * memory: the slope of the straight line through what all of N instances took,
 * with its 95 % interval. Errors: of lines_read, -ENOMEM.
 */
int available_to_cells(const char *directory,
                       const struct result_header *header, json_t *cells,
                       struct error *error);

#endif
