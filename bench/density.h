/*
 * Density: how many idle instances a machine takes, what each costs, and how
 * long the Nth takes to start. Platform by platform, instances of workload
 * `pause` are started one after the other; at 1, 2, 4, ... of them the memory
 * that all take together is read. Then all are ended. docs/density.md.
 */
#ifndef RINGSIDE_BENCH_DENSITY_H
#define RINGSIDE_BENCH_DENSITY_H

#include "bench/experiment.h"
#include "bench/paths.h"
#include "oci/error.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define DENSITY_FILE "density.jsonl"

struct density_options {
    char **platforms;            /* names; NULL: all that can idle */
    char **platform_directories; /* NULL: the installed ones only */
    const char *directory;       /* where DENSITY_FILE goes */
    int64_t maximum;             /* instances of one platform */
    int64_t memory_limit;        /* bytes, of each container or guest */
    int64_t memory_reserve;      /* bytes that stay available; 0: default */
    int seconds;                 /* for all platforms together */
    bool slow;                   /* slow platforms too, without being named */
    bool quiet;
};

/* What holds when nothing is said. */
void density_options_init(struct density_options *options);

/*
 * Carries it out and writes DIRECTORY/density.jsonl, a line as each figure is
 * there. The directory is made if need be. Whatever happens, SIGKILL
 * included, the instances are ended and the session removed. Errors: -EEXIST
 * where the file is, -EINTR (what was written stays), of every part; a
 * platform that fails is none.
 */
int density_run(const struct density_options *options,
                const struct paths *paths, struct error *error);

/*
 * The density pass of a finished session in DIRECTORY, as its profile has it:
 * the platforms that idled in it, the control aside. A profile without one, or
 * workloads of the user's choice, and nothing is done. Errors: of density_run.
 */
int density_of_session(const struct experiment_options *session,
                       const struct paths *paths, struct error *error);

#endif
