/*
 * The correctness gate: timings count only where the workload computed what it
 * computes natively.
 */
#ifndef RINGSIDE_BENCH_SUMMARY_GATE_H
#define RINGSIDE_BENCH_SUMMARY_GATE_H

#include "bench/summary_collect.h"

/* The platform that ratios refer to: "native", or else the first of class
 * native that is no control; -1 when there is none. */
int reference_platform(const struct result_header *header);

/*
 * The digest that counts for a workload: the one that most of native's good
 * runs had, or where native has none, most runs of all platforms. NULL when
 * nobody reported any.
 */
const char *gate_digest(const struct collection *collection, size_t workload);

/*
 * Why this cell's figures do not count, or NULL when they do: every good run
 * must have had the digest (or none, when it is NULL).
 */
const char *gate_refuses(const struct collection *collection, size_t platform,
                         size_t workload, const char *digest);

/* The "digest_gate" object of summary.json; NULL: no memory. */
json_t *gate_to_json(const struct collection *collection);

#endif
