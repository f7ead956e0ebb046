/* Who the workload is: user, groups, rights, limits. */
#ifndef RINGSIDE_CONTAINER_IDENTITY_H
#define RINGSIDE_CONTAINER_IDENTITY_H

#include "container/seccomp.h"
#include "oci/bundle.h"
#include "oci/error.h"

/* In a new user namespace: becomes its root, whose ids own what is made. */
int identity_become_root(struct error *error);

/*
 * Takes on what process says, in the one order that works: limits, processors,
 * bounding set, groups, ids, capabilities, no_new_privs. There is no way back.
 * A seccomp filter that needs rights to install is installed in between; any
 * other is the caller's to install last (seccomp_install). Errors: negative
 * errno.
 */
int identity_assume(const struct bundle_process *process,
                    const struct seccomp_program *seccomp, struct error *error);

#endif
