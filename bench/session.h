/*
 * A session: a directory for bundles and the state of runtimes, cgroups of
 * the same name, and the certainty that both will go.
 *
 *   BASE/lock           held while sessions are made or swept
 *   BASE/ID/session     locked (flock) as long as the session lives
 *   BASE/ID/...         bundles, root file system, state
 *
 * A session ends by session_close. If the harness is killed, the kernel drops
 * the lock, and the next ringside command finds a directory that nobody
 * holds: session_sweep ends what is left of it.
 */
#ifndef RINGSIDE_BENCH_SESSION_H
#define RINGSIDE_BENCH_SESSION_H

#include "bench/cgroup.h"
#include "oci/error.h"

enum { SESSION_ID_SIZE = 17 };

struct session {
    char id[SESSION_ID_SIZE];
    char *directory;
    int lock;
    struct cgroup_host host;
    bool has_cgroups;
};

/*
 * Ends every session whose owner is dead: kills its processes, unmounts what
 * is mounted below its directory, removes its cgroups and the directory.
 * Sessions of the living are left alone; *live is how many there are. Errors:
 * the first thing that could not be removed.
 */
int session_sweep(int *swept, int *live, struct error *error);

/*
 * Makes a session: BASE is $RINGSIDE_RUNTIME_DIR if that is set; else
 * /run/ringside-bench for root, a directory of the caller's alone below
 * $XDG_RUNTIME_DIR or /tmp for others; the first of several from which
 * programs may be executed. Makes this process a subreaper
 * (what it starts stays below it). Errors: the errno of what failed.
 */
int session_open(struct session *session, struct error *error);

/* Ends it; errors: the first thing that could not be removed. */
int session_close(struct session *session, struct error *error);

#endif
