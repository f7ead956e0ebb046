/* A writable layer over a root file system that is not written to. */
#ifndef RINGSIDE_CONTAINER_ROOTFS_LAYER_H
#define RINGSIDE_CONTAINER_ROOTFS_LAYER_H

#include "oci/bundle.h"
#include "oci/error.h"

/*
 * Lays bundle->layer, whose parent directory is there, over the working
 * directory, the rootfs. Runs in the container's namespaces, so that a user
 * without root can, too. Returns the descriptor of a detached mount, or a
 * negative errno. Source: Linux, Documentation/filesystems/overlayfs.rst.
 */
int rootfs_layer_mount(const struct bundle *bundle, struct error *error);

#endif
