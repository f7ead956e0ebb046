/* How much a session measures: smoke, quick, full and peers. */
#ifndef RINGSIDE_BENCH_PROFILE_H
#define RINGSIDE_BENCH_PROFILE_H

#include "bench/lineup.h"

#include <stdbool.h>

struct profile {
    const char *name;
    const char *summary;
    const char *workloads; /* names with commas; NULL: all */
    int duration_ms;       /* measured time of a timed workload */
    int budget_seconds;    /* for warm-up and blocks together */
    int minimum_blocks, maximum_blocks;
    double precision;        /* that a pilot plans for; 0: no pilot */
    enum lineup_scope scope; /* platforms that take part without being named */
    bool hyperfine;          /* times the start once more, if it is installed */
    /* Idle instances of a platform at most, and the time for all; 0: none. */
    int density_maximum, density_seconds;
    int observe_seconds; /* for runs that are not timed (observe.h); 0: none */
};

/* Ends with a NULL name. The first of them is the default of `run`. */
extern const struct profile profiles[];

/* The profile of that name or NULL. */
const struct profile *profile_find(const char *name);

#endif
