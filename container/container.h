/*
 * One container being made: what the parent (run.c) and the first process
 * inside (init.c) both know.
 *
 *   parent                              init (after clone3)
 *   ------                              -------------------
 *   makes the cgroup
 *   clone3 --------------------------->  asks to die with the parent,
 *                                        enters the cgroup
 *   writes id mappings
 *   CONTAINER_MAPPED ----------------->  (waits for it in a user namespace)
 *   writes the pid file                  mounts, devices, root, identity
 *   CONTAINER_READY ------------------>  (waits for it) exec
 *   reads an error, or end of file <---  error pipe, closed by exec
 *   waits, forwards signals              the workload
 */
#ifndef RINGSIDE_CONTAINER_CONTAINER_H
#define RINGSIDE_CONTAINER_CONTAINER_H

#include "oci/bundle.h"

#include <signal.h>

struct cgroup;
struct seccomp_program;

struct container {
    const struct bundle *bundle;
    int preserve_fds;
    const struct cgroup *cgroup;
    const struct seccomp_program *seccomp;
    /* Written by the parent, read by init; its end means the parent died. */
    int sync_read, sync_write;
    /* Written by init, read by the parent: one struct error, or nothing. */
    int error_read, error_write;
    sigset_t original_mask; /* of signals, for the workload */
};

/* What the parent says to init: one byte each, in this order. */
enum container_step {
    CONTAINER_MAPPED = 'm',
    CONTAINER_READY = 'r',
};

#endif
