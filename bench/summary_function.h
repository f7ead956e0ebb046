/* Did a program do the same on every platform, apart from how fast? */
#ifndef RINGSIDE_BENCH_SUMMARY_FUNCTION_H
#define RINGSIDE_BENCH_SUMMARY_FUNCTION_H

#include "bench/results.h"

#include <jansson.h>

/*
 * The array "function" of summary.json, from another pass over the runs in
 * DIRECTORY: for each workload of group own, by output and exit status of its
 * runs, the failed ones too. Empty where nothing of the kind was run. NULL with
 * error set.
 */
json_t *function_to_json(const char *directory,
                         const struct result_header *header,
                         struct error *error);

#endif
