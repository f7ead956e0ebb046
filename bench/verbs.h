/*
 * The verbs of ringside, a file each. Adding one is a function here and a row
 * in the table of main.c.
 */
#ifndef RINGSIDE_BENCH_VERBS_H
#define RINGSIDE_BENCH_VERBS_H

#include "bench/paths.h"
#include "oci/error.h"

#include <argp.h>
#include <stdbool.h>

/* Exit statuses of ringside; death by a signal is 128+n as in a shell. */
enum {
    EXIT_MEASURED = 0,
    EXIT_FAILED = 1,       /* one line on stderr says why */
    EXIT_COMMAND_LINE = 2, /* it was not understood */
};

/* What every verb gets. */
struct invocation {
    const struct paths *paths;
    char *const *command; /* the whole command line, for the record */
};

/*
 * Carries a verb out. argv[0] is "ringside VERB", for usage messages.
 * Returns an exit status, or a negative errno with error set.
 */
typedef int verb_function(const struct invocation *invocation, int argc,
                          char **argv, struct error *error);

verb_function ringside_platforms;
verb_function ringside_workloads;
verb_function ringside_run;
verb_function ringside_bench;
verb_function ringside_density;
verb_function ringside_report;
verb_function ringside_clean;
verb_function ringside_export;
verb_function ringside_validate;
verb_function ringside_doctor;
verb_function ringside_compare;
verb_function ringside_merge;
verb_function ringside_selftest;
verb_function ringside_trace;
verb_function ringside_surface;

/*
 * Ends sessions whose harness is gone and says so on stderr, and also when
 * another one is at work.
 */
int sweep_and_tell(struct error *error);

/*
 * What stands at the end of a session: summary.json, the table on stdout and,
 * if drawn, the report, whose path is printed. That no report could be drawn
 * (no gnuplot, say) is told on stderr and is no error: the figures are there.
 */
int conclude(const char *directory, bool draw, struct error *error);

/* The same, but on stdout is summary.json alone. */
int conclude_json(const char *directory, bool draw, struct error *error);

#endif
