/*
 * What the parts of a density run share: the session (density.c) and the climb
 * of one platform (density_climb.c).
 */
#ifndef RINGSIDE_BENCH_DENSITY_INTERNAL_H
#define RINGSIDE_BENCH_DENSITY_INTERNAL_H

#include "bench/bundles.h"
#include "bench/density.h"
#include "bench/lineup.h"

/* A whole density run. */
struct density {
    const struct density_options *options;
    const struct paths *paths;
    struct session session;
    struct lineup lineup;
    struct workload_list workloads;
    struct bundles bundles;
    char **instance_bundles; /* one for each instance of a platform */
    int record;
    int null;
    int64_t deadline, memory_reserve;
    unsigned long started; /* instances so far */
};

/*
 * Starts instances of a platform up to a limit, recording figures on the way,
 * and ends them. Errors: -EINTR, that the session cannot go on.
 */
int density_climb(struct density *density,
                  const struct participant *participant, int64_t deadline,
                  struct error *error);

#endif
