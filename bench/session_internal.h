/* What session.c and session_sweep.c share: where sessions are kept. */
#ifndef RINGSIDE_BENCH_SESSION_INTERNAL_H
#define RINGSIDE_BENCH_SESSION_INTERNAL_H

#include "bench/cgroup.h"
#include "oci/error.h"

/*
 * The directories that may hold sessions of this user, best first; a
 * NULL-terminated vector of words.h, NULL when memory is out.
 */
char **session_bases(void);

/*
 * Opens and locks BASE/lock, waiting for its holder. With make, BASE is made.
 * BASE must be a directory of ours that nobody else may write. Returns the
 * descriptor or a negative errno; -ENOENT when there is no BASE.
 */
int session_lock_base(const char *base, bool make, struct error *error);

/*
 * Ends a session whose lock the caller holds: processes, mounts, cgroups,
 * directory.
 */
int session_destroy(const struct cgroup_host *host, const char *id,
                    const char *directory, struct error *error);

#endif
