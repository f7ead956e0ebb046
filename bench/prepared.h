/*
 * What platforms get ready before any clock starts: their `prepare` commands,
 * once for each workload, and `finish` for what those leave running.
 */
#ifndef RINGSIDE_BENCH_PREPARED_H
#define RINGSIDE_BENCH_PREPARED_H

#include "bench/bundles.h"
#include "bench/participant.h"
#include "bench/paths.h"
#include "bench/workload.h"

/* What the commands are about. They run in the session's cgroup kept/. */
struct prepared_context {
    const struct session *session;
    const struct paths *paths;
    const struct bundles *bundles;
    const struct workload_list *workloads;
};

/*
 * {prepared}: a path in the platform's state directory, one for each workload,
 * where nothing is before `prepare`. The caller's to free; NULL when memory is
 * out.
 */
char *prepared_path(const struct participant *participant, size_t workload);

/*
 * Runs the platform's prepare command for every workload; one without is fine.
 * Errors: -EINTR, or that a command failed, with its last words. What was
 * prepared until then is to be finished all the same.
 */
int prepared_make(struct participant *participant,
                  const struct prepared_context *context, struct error *error);

/* Runs its finish command for what was prepared. Failures are passed over. */
void prepared_finish(struct participant *participant,
                     const struct prepared_context *context);

#endif
