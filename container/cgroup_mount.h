/* A mount of type "cgroup": the container's view of its own cgroup. */
#ifndef RINGSIDE_CONTAINER_CGROUP_MOUNT_H
#define RINGSIDE_CONTAINER_CGROUP_MOUNT_H

#include "oci/bundle.h"
#include "oci/error.h"

/*
 * Mounts the cgroup file systems below the directory root: cgroup2 itself on
 * a host with cgroup v2, otherwise a tmpfs with a directory a v1 hierarchy.
 * In a cgroup namespace of its own a process sees nothing above its cgroup;
 * in the host's, that part of the host's mounts is bound. Errors: negative
 * errno.
 */
int cgroup_mount(const struct bundle *bundle, const struct bundle_mount *mount,
                 int root, struct error *error);

#endif
