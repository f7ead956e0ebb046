/*
 * The ids of a user namespace: who is who inside and outside.
 * Source: user_namespaces(7); newuidmap(1); mount_setattr(2), "ID-mapped
 * mounts".
 */
#ifndef RINGSIDE_CONTAINER_ID_MAPPING_H
#define RINGSIDE_CONTAINER_ID_MAPPING_H

#include "oci/bundle.h"
#include "oci/error.h"

#include <stdbool.h>
#include <sys/types.h>

/*
 * Writes the maps of the new user namespace that process pid is in. A caller
 * without rights may map its own ids alone, and loses setgroups; for more,
 * newuidmap and newgidmap are run, which know what /etc/subuid and
 * /etc/subgid grant. Errors: negative errno.
 */
int id_mapping_write(pid_t pid, const struct bundle_id_mappings *mappings,
                     struct error *error);

/*
 * Has the detached mount show its files' ids mapped, those of submounts too
 * if recursive. Errors: -ENOTSUP with a reason where the kernel or the file
 * system cannot.
 */
int id_mapping_apply(int mount, const struct bundle_id_mappings *mappings,
                     bool recursive, struct error *error);

#endif
