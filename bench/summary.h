/*
 * summary.json: what the record of a session says, computed from
 * results.jsonl alone, so it can always be made again and comes out the same
 * to the byte. Schema 1 of docs/results.md.
 */
#ifndef RINGSIDE_BENCH_SUMMARY_H
#define RINGSIDE_BENCH_SUMMARY_H

#include "oci/error.h"

#include <jansson.h>

#define SUMMARY_FILE "summary.json"

enum { SUMMARY_SCHEMA = 1 };

/* Half-width of the equivalence band: 3 %. */
#define SUMMARY_EQUIVALENCE_BAND 0.03

/*
 * Reads DIRECTORY/results.jsonl and writes DIRECTORY/summary.json, whole or
 * not at all (a temporary file, then rename).
 *
 * Failed runs take no part. Where a workload's digests disagree between
 * platforms, the platforms that differ from native (from the majority of its
 * runs) get no figures for that workload, with the reason in the cell.
 *
 * Errors: those of results_open and results_next, and of the file system.
 */
int summary_compute(const char *directory, struct error *error);

/*
 * Reads DIRECTORY/summary.json (at most 256 MiB) and checks that it is an
 * object of a schema that this program knows. The caller owns *summary.
 */
int summary_load(const char *directory, json_t **summary, struct error *error);

#endif
