/*
 * Sessions of several machines side by side: one column a machine. Their
 * figures are never averaged; what a platform costs is a fact about a machine,
 * and what readers compare between machines is its ratio to native on each.
 */
#ifndef RINGSIDE_BENCH_MACHINES_H
#define RINGSIDE_BENCH_MACHINES_H

#include "bench/table_text.h"
#include "oci/error.h"

#include <jansson.h>

#define MACHINES_FILE "machines.json"

/*
 * Puts summaries together as docs/results.md says (an array of them, in the
 * order of the columns, with a directory each). NULL: no memory.
 */
json_t *machines_build(json_t *const *summaries, char *const *directories,
                       size_t count);

/* Prints it: who the machines are, then a row for each judged figure. */
void machines_print(const json_t *machines, const struct table_style *style,
                    FILE *stream);

#endif
