/*
 * Starting a command with the clock in the right place.
 *
 * The child does all its preparation first (session, cgroups, mount
 * namespace, descriptors), lets the host settle, and reads the clock as its
 * last act before execve: that is `spawn`, the zero of every time in a
 * record.
 *
 * The child shares our memory until execve (clone(2) with CLONE_VM and
 * CLONE_VFORK), for two reasons: the stamp needs no channel, and execve has
 * no copied address space to tear down, which would be charged to the
 * platform and grow with the size of the harness.
 */
#ifndef RINGSIDE_BENCH_SPAWN_H
#define RINGSIDE_BENCH_SPAWN_H

#include "oci/error.h"

#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

struct spawn_request {
    char *const *arguments; /* [0] is an absolute path */
    const char *directory;  /* working directory */
    int mount_namespace;    /* descriptor to enter, or -1 */
    const int *cgroups;     /* files to join cgroups by */
    size_t cgroup_count;
    int extra; /* becomes descriptor 3 of the command; 0: it has none */
    const cpu_set_t *cpus; /* to keep it on; NULL: any */
    int64_t settle_ns;     /* rest between preparation and execve */
};

struct spawned {
    pid_t pid;
    int pidfd;
    int output;           /* its stdout: read end of a pipe, not blocking */
    int errors;           /* its stderr, likewise */
    int64_t spawn_at;     /* CLOCK_MONOTONIC, just before execve */
    int64_t fork_ns;      /* fork and preparation, without the rest */
    int64_t setup_cpu_ns; /* CPU time used between joining and execve */
    struct rusage setup_usage; /* of the child until execve */
};

/*
 * The environment of every command: PATH alone, the same for all platforms,
 * so that no runtime behaves differently for a variable of the caller's.
 */
extern char *const spawn_environment[];

/*
 * Starts the command in a session of its own, with stdin from /dev/null; it
 * dies when this process does. Errors: the errno of what failed in the child
 * or of execve, with one line; nothing is left then. The caller closes
 * *spawned with spawned_close and reaps pid.
 */
int spawn(const struct spawn_request *request, struct spawned *spawned,
          struct error *error);

/* Closes the descriptors; says nothing to the process. */
void spawned_close(struct spawned *spawned);

#endif
