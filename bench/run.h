/*
 * One run: start the platform's command, watch it, account for all that it
 * started, judge it, and leave nothing behind.
 */
#ifndef RINGSIDE_BENCH_RUN_H
#define RINGSIDE_BENCH_RUN_H

#include "bench/bundles.h"
#include "bench/containment.h"
#include "bench/fingerprint.h"
#include "bench/participant.h"
#include "bench/records.h"
#include "bench/results.h"

#include <sched.h>

/*
 * For runs that are looked at and not timed: what to do at their turning
 * points. Every function may be NULL.
 */
struct run_observer {
    char *const *before; /* words put before the command; NULL: none */
    /* What to run in place of the command; NULL: no memory. Owned by the
     * caller. */
    char **(*wrap)(struct run_observer *observer, char *const *command);
    /* The ready line has been read. */
    void (*ready)(struct run_observer *observer,
                  const struct containment *containment);
    /* An idle instance is about to be ended. */
    void (*ending)(struct run_observer *observer, pid_t command);
    /* The command has ended and was not reaped yet. */
    void (*exited)(struct run_observer *observer, pid_t command);
};

/* What stays the same from run to run. */
struct run_context {
    const struct session *session;
    const struct paths *paths;
    const struct bundles *bundles;
    const cpu_set_t *cpus; /* to keep runs on; NULL: any */
    int processors;        /* that are online */
    bool cold_cache;       /* drop the page cache before each start */
    int64_t timeout_ns;
    /*
     * How long the host rests before each start. After a runtime has moved a
     * process into a cgroup, the next such move is nearly free until an RCU
     * grace period has passed, and 5 to 15 ms dearer after it
     * (kernel/rcu/sync.c): without a rest, a container's start depends on
     * what ran before it. The grace period was over after 20 ms wherever this
     * was measured.
     */
    int64_t rest_ns;
    unsigned long counter;         /* makes {id} unique */
    struct run_observer *observer; /* NULL: the runs are timed */
};

/* A run's record and the memory that its strings are in. */
struct run_record {
    struct result_run run; /* block, position, names: filled by the caller */
    struct records records;
    char at[32];
    char failure[RESULT_MAX_TEXT + 1];
    char output[SHA256_HEX_SIZE];
};

/*
 * Runs workload number `index` on a platform and fills record->run. A run
 * that fails is no error: record->run.failure says why. Errors: -EINTR when
 * the harness was interrupted (the run is void), or that the session cannot
 * go on, say because a cgroup could not be removed.
 */
int run_once(struct run_context *context, const struct participant *participant,
             const struct workload *workload, size_t index,
             struct run_record *record, struct error *error);

#endif
