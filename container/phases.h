/*
 * Phases of a container's start and end (--phases), noted by the parent and by
 * init in memory that they share; nothing is done unless it was asked for.
 */
#ifndef RINGSIDE_CONTAINER_PHASES_H
#define RINGSIDE_CONTAINER_PHASES_H

#include "oci/error.h"

#include <argp.h>

/* In the order in which they are reached. */
enum phase {
    PHASE_EXEC,       /* the process began: its processor time before start */
    PHASE_START,      /* the command line is read */
    PHASE_BUNDLE,     /* bundle read, state directory made */
    PHASE_PREPARED,   /* filter compiled or found, mounts of the host opened */
    PHASE_CGROUP,     /* cgroup made, limits written */
    PHASE_CLONE,      /* init runs in the new namespaces */
    PHASE_NAMESPACES, /* in its cgroup, and all that a namespace holds is set */
    PHASE_MOUNTS,     /* mounts and devices made, paths masked */
    PHASE_ROOT,       /* root changed */
    PHASE_RIGHTS,     /* the workload's rights assumed */
    PHASE_PROGRAM,    /* the program is executed, as the parent sees it */
    PHASE_END,        /* it has ended */
    PHASE_TEARDOWN,   /* its cgroup is gone */
    PHASE_COUNT,
};

/* The option --phases[=FD], for run and exec-static. */
extern const struct argp phases_argp;

/* Notes that a phase is reached now. */
void phases_mark(enum phase phase);

/* Says what was noted, if it was asked for: to the descriptor, as records, or
 * on standard error. Errors: of write. */
int phases_tell(const char *program, struct error *error);

#endif
