/*
 * The runs of a session that are looked at and not timed, because looking would
 * change the times: each platform and workload once under a tracer, for the
 * system calls that it makes of the host (DIR/surface.jsonl), and a few times
 * for what it costs by operation (DIR/costs.jsonl). Formats: docs/results.md;
 * what the figures mean: docs/costs.md.
 */
#ifndef RINGSIDE_BENCH_OBSERVE_H
#define RINGSIDE_BENCH_OBSERVE_H

#include "bench/experiment_internal.h"
#include "bench/surface.h"

#define COSTS_FILE "costs.jsonl"

/* How often each pair is run for its costs. */
enum { OBSERVE_REPETITIONS = 3 };

/*
 * Carries all of it out and writes both files anew. Errors: -EINTR, of the
 * file system, and that the session cannot go on. That a platform cannot be
 * traced is told in its line.
 */
int observe(struct experiment *experiment, struct error *error);

/* One platform and workload. */
struct observed {
    struct experiment *experiment;
    const struct participant *participant;
    const struct workload *workload;
    size_t index; /* of the workload */
};

/*
 * One run under the tracer. *line is the object of surface.jsonl, the caller's;
 * NULL and 0 is no result. Errors: as observe.
 */
int observe_surface(const struct observed *observed, json_t **line,
                    struct error *error);

/* Functions of the kernel, by phase; RESULT_ABSENT: not known. */
struct observed_functions {
    int64_t start, work; /* different ones until ready, and from then on */
    char why[RESULT_MAX_TEXT]; /* they are not known; else empty */
};

/* One run under the function tracer. Errors: as observe. */
int observe_functions(const struct observed *observed,
                      struct observed_functions *functions,
                      struct error *error);

/*
 * The runs of one repetition. *line is the object of costs.jsonl, the caller's,
 * or NULL where there is nothing to tell.
 */
int observe_costs(const struct observed *observed, int repetition,
                  json_t **line, struct error *error);

/* A run under `ringside trace`. */
struct traced_run {
    struct run_observer observer;
    char **before;  /* words put before the command */
    char *path;     /* where the tracer writes */
    json_t *report; /* what it wrote; NULL: nothing */
};

/*
 * Runs it with each system call counted, or exits of virtual machines alone, or
 * functions of the kernel; the run's own record is in the experiment's.
 * traced_run_release in any case.
 */
enum traced { TRACED_CALLS, TRACED_EXITS, TRACED_FUNCTIONS };
int traced_run(const struct observed *observed, enum traced what,
               struct traced_run *run, struct error *error);
void traced_run_release(struct traced_run *run);

#endif
