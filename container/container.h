/*
 * One container being made: what the parent (launch.c) and the first process
 * inside (init.c) both know, and what they tell each other (channel.h).
 *
 *   parent                             init (after clone3)
 *   ------                             -------------------
 *   makes the cgroup
 *   clone3 ------------------------->  asks to die with an attached parent,
 *                                      enters the cgroup
 *   (waits for it)  <----- UNSHARED -  makes the namespaces itself, if a PID
 *                                      namespace is joined
 *   writes id mappings
 *   - MAPPED ----------------------->  (waits for it in a user namespace)
 *                                      mounts, devices
 *   hooks of the host  <--- MOUNTED -  if there are any
 *   - HOOKED ----------------------->  (waits for it) its own hooks, root,
 *                                      terminal, working directory, identity
 *   (takes note)  <--------- INSIDE -  another process goes on, if a PID
 *                                      namespace is joined
 *   (waits for it)  <----- PREPARED -  if it is only created now
 *   announces the container
 *   - READY ------------------------>  (waits for it, then at the start gate)
 *                                      exec
 *   reads an error, or the end  <----  closed by exec
 *   leaves, or waits and forwards      the workload
 */
#ifndef RINGSIDE_CONTAINER_CONTAINER_H
#define RINGSIDE_CONTAINER_CONTAINER_H

#include "oci/runtime.h"

#include <signal.h>

struct cgroup;
struct seccomp_program;

struct container {
    const struct run_request *request;
    const struct bundle *bundle; /* the request's, less what cannot be held */
    const struct cgroup *cgroup;
    const char *resctrl; /* where that file system is; NULL: not asked for */
    json_t **made;       /* what was made there */
    const struct seccomp_program *seccomp;
    const int *prepared;      /* of mounts_prepare */
    int parent_end, init_end; /* of the pair of sockets; -1: closed */
    int console;              /* where the terminal goes; -1: none asked */
    sigset_t original_mask;   /* of signals, for the workload */
};

/* One byte each. An error is told as a struct error instead. */
enum container_message {
    CONTAINER_UNSHARED = 'u',
    CONTAINER_MAPPED = 'm',
    CONTAINER_MOUNTED = 'M',
    CONTAINER_HOOKED = 'h',
    CONTAINER_INSIDE = 'i', /* a pid_t instead of the byte */
    CONTAINER_PREPARED = 'p',
    CONTAINER_READY = 'r',
};

#endif
