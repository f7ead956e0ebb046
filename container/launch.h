/*
 * The parent's side of making a container: from the bundle to a first process
 * that waits to be started, or runs.
 */
#ifndef RINGSIDE_CONTAINER_LAUNCH_H
#define RINGSIDE_CONTAINER_LAUNCH_H

#include "cgroup/cgroup.h"
#include "container/container.h"

#include <stdbool.h>
#include <sys/types.h>

struct launched {
    pid_t pid; /* of the first process, a child of ours */
    struct cgroup cgroup;
    json_t *resctrl; /* what was made there for it; the caller's */
    int terminal;    /* the master, if it went to no console socket; or -1 */
};

/*
 * Makes the container of request, announces it, and returns once its program
 * runs, or waits at request->gate. launched->cgroup and resctrl are the
 * caller's to remove, also after an error; nothing else is left then.
 */
int launch_container(const struct run_request *request,
                     const sigset_t *original_mask, struct launched *launched,
                     struct error *error);

/* Are there hooks to run on the host while the container is being made? */
bool launch_has_host_hooks(const struct bundle *bundle);

#endif
