/*
 * A whole session of measuring: platforms times workloads, block after block,
 * each run recorded as it ends.
 */
#ifndef RINGSIDE_BENCH_EXPERIMENT_H
#define RINGSIDE_BENCH_EXPERIMENT_H

#include "bench/paths.h"
#include "bench/profile.h"
#include "oci/error.h"

#include <sched.h>
#include <stdbool.h>
#include <stdint.h>

struct experiment;

/* What else is done in a session, once it is set up. */
typedef int experiment_pass(struct experiment *experiment, struct error *error);

/* What the command line asked for. */
struct experiment_options {
    char *const *command;        /* of ringside itself, for the record */
    char **platforms;            /* names; NULL: all */
    char **workloads;            /* names; NULL: the profile's */
    char **platform_directories; /* NULL: the installed ones only */
    char *const *own;            /* the user's program and its arguments */
    const char *image;     /* measured instead; own is instead of its command */
    const char *directory; /* where results go */
    const struct profile *profile;
    int blocks;            /* 0: as many as the profile's time allows */
    int64_t seed;          /* negative: draw one */
    int64_t memory_limit;  /* bytes, of containers and guests */
    const char *config;    /* changes to bundles, by name; NULL: none */
    int timeout_seconds;   /* of one run */
    int rest_ms;           /* before each start */
    const char *cpus;      /* list that runs are kept on; NULL: any */
    cpu_set_t cpu_set;     /* the same */
    double precision;      /* wanted: half-width of intervals over the median,
                            * 0.02 is 2 %; 0: no pilot; negative: the profile's */
    experiment_pass *pass; /* after the last block; NULL: none */
    experiment_pass *second_pass; /* after that; NULL: none */
    int pass_seconds; /* that the one of observe.h may take; 0: no limit */
    bool pass_only;   /* in place of all blocks: nothing is timed */
    bool cold_cache;  /* drop the page cache before each start */
    int hyperfine; /* 1: time noop by it too, 0: not, -1: as the profile has it
                    */
    bool quiet;
    bool json;   /* print the summary as JSON */
    bool resume; /* go on with the interrupted session in directory */
};

struct experiment_outcome {
    int64_t runs, failures;
    bool cut_short; /* fewer blocks than planned: time was up */
};

/*
 * Carries it out and writes DIRECTORY/results.jsonl; with resume, only the runs
 * that it lacks. Errors: -EINTR when a
 * signal ended it (what was recorded stays), and of every part. Whatever
 * happens, the session is cleaned up.
 */
int experiment_run(const struct experiment_options *options,
                   const struct paths *paths,
                   struct experiment_outcome *outcome, struct error *error);

#endif
