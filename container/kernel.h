/*
 * How the kernel looks from inside: host and domain name, sysctl,
 * personality, and the labels of security modules.
 * Source: runtime-spec 1.1, config.md and config-linux.md.
 */
#ifndef RINGSIDE_CONTAINER_KERNEL_H
#define RINGSIDE_CONTAINER_KERNEL_H

#include "oci/bundle.h"
#include "oci/error.h"

/*
 * In init, once it is in its namespaces and before anything is mounted.
 * Errors: negative errno with the JSON path; -ENOTSUP for a label of a
 * security module that the host does not run.
 */
int kernel_apply(const struct bundle *bundle, struct error *error);

/*
 * Gives the calling process a session keyring of the container's own, so that
 * it does not possess the keys of who started it: keyrings know no
 * namespaces. Source: keyctl(2), KEYCTL_JOIN_SESSION_KEYRING.
 */
int kernel_join_keyring(const char *id, struct error *error);

/* The personality alone, of the calling process. Errors: negative errno. */
int kernel_set_personality(const struct bundle *bundle, struct error *error);

/* The labels of process alone, which take effect with the next exec. */
int kernel_label(const struct bundle_process *process, struct error *error);

/* Does the host run SELinux? Then mounts can be labelled. */
bool kernel_has_selinux(void);

#endif
