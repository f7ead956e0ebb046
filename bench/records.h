/*
 * What a workload says on stdout, one record a line:
 *
 *   ringside ready
 *   ringside metric NAME VALUE UNIT
 *   ringside result HEX
 *
 * The metric inner_elapsed, in ns, is no figure but what the workload's own
 * clock says of the time from the ready line to the last record.
 *
 * Parsed as it arrives; anything else is the program's own output and passes
 * by unstored. The program is not trusted: lines, names and numbers of
 * records are bounded.
 */
#ifndef RINGSIDE_BENCH_RECORDS_H
#define RINGSIDE_BENCH_RECORDS_H

#include "bench/results.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    RECORD_MAX_LINE = 512,
    RECORD_MAX_DIGEST = 128, /* hexadecimal digits */
};

/* Zero-initialise, set strict; ready_ns is 0 until the ready line came. */
struct records {
    bool strict; /* a malformed record is an error, not output */
    int64_t first_byte_ns, last_byte_ns; /* valid when bytes > 0 */
    int64_t ready_ns;
    bool ready;
    uint64_t bytes;   /* of stdout */
    int64_t inner_ns; /* metric inner_elapsed; 0 until it came */
    struct result_metric metrics[RESULT_MAX_METRICS];
    char names[RESULT_MAX_METRICS][RESULT_MAX_NAME + 1];
    char units[RESULT_MAX_METRICS][RESULT_MAX_NAME + 1];
    size_t metric_count;
    char digest[RECORD_MAX_DIGEST + 1]; /* "" until it came */
    char line[RECORD_MAX_LINE + 1];     /* the one that is arriving */
    size_t line_length;
    bool line_is_long;   /* cut; cannot be a record */
    char malformed[160]; /* the first bad record, "" when none */
};

/*
 * Adds a metric. Returns NULL, or what is wrong: a value that is no finite
 * number from 0 on, names or units that are not made of the letters that
 * docs/results.md allows, one name twice, too many.
 */
const char *records_add_metric(struct records *records, const char *name,
                               double value, const char *unit);

/* Takes a piece of stdout that was read at at_ns. */
void records_feed(struct records *records, const char *bytes, size_t size,
                  int64_t at_ns);

/* At the end of output: a last line without newline counts too. */
void records_finish(struct records *records);

#endif
