/*
 * Reading runs by the million: the line is taken apart in place by the tables
 * of results_run.c, without a tree in between. What is not in the form in
 * which the writer writes it is left to run_decode, which knows all of JSON
 * and has the words for what is wrong.
 */
#ifndef RINGSIDE_BENCH_RESULTS_SCAN_H
#define RINGSIDE_BENCH_RESULTS_SCAN_H

#include "bench/results.h"
#include "bench/results_fields.h"

/* Parts of a run that are objects of their own. */
struct field_group {
    const char *key;
    const char *prefix;
    const struct field *fields;
    size_t count;
};

extern const struct field run_fields[], metric_fields[], cost_fields[],
    output_fields[];
extern const struct field_group run_groups[];
extern const size_t run_field_count, metric_field_count, cost_field_count;
extern const size_t run_group_count, output_field_count;

/*
 * Takes a line that is a run, all that run_decode would take but for
 * run_check, into a zeroed *run. Writes to the text, which has `length` bytes
 * and a NUL behind them, and to which the run's strings then point. False: not
 * in the form, and both text and run are of no use.
 */
bool run_scan(char *text, size_t length, struct result_run *run);

/*
 * What the tables cannot say: how a run relates to the header. Errors:
 * -EINVAL with the member's name in front.
 */
int run_check(const struct result_header *header, struct result_run *run,
              struct error *error);

#endif
