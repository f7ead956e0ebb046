/*
 * The container's root: from a directory of the host to "/", with nothing of
 * the host left in reach.
 */
#ifndef RINGSIDE_CONTAINER_ROOTFS_H
#define RINGSIDE_CONTAINER_ROOTFS_H

#include "oci/bundle.h"
#include "oci/error.h"

/*
 * Cuts the ties to the host's mounts (what happens here no longer propagates,
 * unless linux.rootfsPropagation says so) and mounts the bundle's rootfs, which
 * must be the working directory, on itself. Returns the descriptor of that
 * mount, the root to be; or a negative errno.
 */
int rootfs_open(const struct bundle *bundle, struct error *error);

/*
 * Makes root "/" and lets go of the old one; then makes it read-only if the
 * bundle says so. Errors: negative errno.
 */
int rootfs_pivot(const struct bundle *bundle, int root, struct error *error);

#endif
