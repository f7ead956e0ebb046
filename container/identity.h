/* Who the workload is: user, groups, rights, limits. */
#ifndef RINGSIDE_CONTAINER_IDENTITY_H
#define RINGSIDE_CONTAINER_IDENTITY_H

#include "oci/bundle.h"
#include "oci/error.h"

/* In a new user namespace: becomes its root, whose ids own what is made. */
int identity_become_root(struct error *error);

/*
 * Takes on what process says, in the one order that works: limits, bounding
 * set, groups, ids, capabilities, no_new_privs. There is no way back.
 * Errors: negative errno.
 */
int identity_assume(const struct bundle_process *process, struct error *error);

#endif
