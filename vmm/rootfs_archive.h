/* A bundle's root file system, into a cpio archive. */
#ifndef RINGSIDE_VMM_ROOTFS_ARCHIVE_H
#define RINGSIDE_VMM_ROOTFS_ARCHIVE_H

#include "oci/bundle.h"
#include "oci/error.h"
#include "vmm/cpio.h"

enum {
    ROOTFS_MAX_DEPTH = 256, /* directories below each other */
    ROOTFS_MAX_ENTRIES = 1000000,
};

/*
 * Adds the bundle's rootfs as "rootfs" and all below it. No link is followed,
 * nothing outside is reached, whatever others do to the tree meanwhile: what
 * vanishes is left out, a file that shrinks is what was read. Sockets are left
 * out, hard links become files of their own, owners are as the bundle's
 * mappings say. Errors: -E2BIG past the bounds, -EACCES and others of what
 * cannot be read, those of cpio_add.
 */
int rootfs_archive_add(struct cpio *cpio, const struct bundle *bundle,
                       struct error *error);

#endif
