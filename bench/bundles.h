/*
 * The bundles of a session: one for each workload. Those of one program are on
 * one root file system, which holds the only copy of it. Every platform,
 * native too, executes that one file, so that none has a warmer page cache
 * than another; and no program is in the way of another where a platform
 * loads the whole root file system.
 */
#ifndef RINGSIDE_BENCH_BUNDLES_H
#define RINGSIDE_BENCH_BUNDLES_H

#include "bench/session.h"
#include "bench/workload.h"
#include "oci/bundle.h"

#include <jansson.h>

struct bundle_place {
    char *directory; /* {bundle} */
    char *rootfs;    /* {rootfs} */
    char *program;   /* {program}: host path of the copy */
    char *inner;     /* {inner} */
};

struct bundles {
    struct bundle_place *items; /* in the order of the workloads */
    size_t count;
    char *cgroup; /* {cgroup}: below the run's own; not absolute */
    char *memory; /* {memory}: bytes */
};

/*
 * Makes them below the session's directory. memory_limit is in bytes; limits
 * are asked for where the host has the cgroup controllers to keep them; changes
 * (borrowed, NULL: none) are to the default bundle. Errors: of bundle_create.
 * The caller releases *bundles; the files go with the session.
 */
int bundles_make(const struct session *session,
                 const struct workload_list *workloads, int64_t memory_limit,
                 json_t *changes, struct bundles *bundles, struct error *error);

/* The cgroup that all of them name, absolute; the caller's to free. */
char *bundles_cgroup(const struct session *session);

/* What every bundle of a session has; cgroup is borrowed. */
struct bundle_template bundles_template(const struct session *session,
                                        const char *cgroup,
                                        int64_t memory_limit);

/* The cgroup of an instance beside others, from 1; the caller's to free. */
char *bundles_instance_cgroup(const struct session *session,
                              unsigned long number);

/*
 * Makes one more bundle like that of workload `index`, on the same root file
 * system, for such an instance. Errors: of bundle_create. *directory is the
 * caller's to free.
 */
int bundles_make_instance(const struct session *session,
                          const struct workload_list *workloads,
                          const struct bundles *bundles, size_t index,
                          int64_t memory_limit, unsigned long number,
                          char **directory, struct error *error);

void bundles_release(struct bundles *bundles);

#endif
