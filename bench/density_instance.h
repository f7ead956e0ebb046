/* One idle instance of a density run, from its start to its end. */
#ifndef RINGSIDE_BENCH_DENSITY_INSTANCE_H
#define RINGSIDE_BENCH_DENSITY_INSTANCE_H

#include "bench/bundles.h"
#include "bench/containment.h"
#include "bench/participant.h"
#include "bench/paths.h"
#include "bench/spawn.h"

struct density_instance {
    struct spawned spawned;
    char *id;           /* {id} */
    char *cgroup;       /* {cgroup} */
    const char *bundle; /* {bundle}; borrowed */
    bool running;
};

/* What all instances of a platform share. */
struct density_platform {
    const struct participant *participant;
    const struct paths *paths;
    const struct session *session;
    const struct bundles *bundles; /* the first is of workload pause */
    unsigned long started_before;  /* instances of others: {id} is unique */
    char *const *arguments;        /* of the workload */
    struct containment *containment;
    int null; /* takes what {phases} is told */
};

/*
 * Starts the platform's instance `number`, from 1, after a rest and waits for
 * its ready line. *latency_ns is from
 * spawn to that line. Errors: -EINTR when the harness was interrupted;
 * otherwise why it did not become ready, with its last words. In any case it
 * is to be ended.
 */
int density_instance_start(const struct density_platform *platform,
                           const char *bundle, unsigned long number,
                           int64_t rest_ns, int64_t deadline,
                           struct density_instance *instance,
                           int64_t *latency_ns, struct error *error);

/*
 * After everything was killed: waits until the command is gone, has the
 * platform clean up, frees. Errors: -ETIMEDOUT when it stays.
 */
int density_instance_end(const struct density_platform *platform,
                         struct density_instance *instance,
                         struct error *error);

#endif
