/*
 * The last steps from a process of ours in the container to the workload, for
 * the first process (init.c) and for those that join it (exec.c) alike.
 */
#ifndef RINGSIDE_CONTAINER_WORKLOAD_H
#define RINGSIDE_CONTAINER_WORKLOAD_H

#include "container/seccomp.h"
#include "oci/bundle.h"

#include <limits.h>

struct workload {
    const struct bundle_process *process;
    const struct seccomp_program *seccomp;
    const char *program;  /* what to execute, once it is found */
    char found[PATH_MAX]; /* room for it */
};

/*
 * Enters the working directory and takes on the workload's identity. No
 * descriptor of the host's may be open. Errors: negative errno.
 */
int workload_assume(const struct workload *workload, struct error *error);

/* Looks for the program, with the rights that are left. Errors: as above. */
int workload_find(struct workload *workload, struct error *error);

/* Executes it; returns only with an error. */
int workload_execute(const struct workload *workload, struct error *error);

#endif
