/* surface.jsonl as a table for people. */
#ifndef RINGSIDE_BENCH_SURFACE_TABLE_H
#define RINGSIDE_BENCH_SURFACE_TABLE_H

#include "oci/error.h"

/*
 * Prints DIRECTORY/surface.jsonl on stdout: a line for each platform and
 * workload. Errors: of the file.
 */
int surface_table_print(const char *directory, struct error *error);

#endif
