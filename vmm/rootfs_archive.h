/* A bundle's root file system, into a cpio archive. */
#ifndef RINGSIDE_VMM_ROOTFS_ARCHIVE_H
#define RINGSIDE_VMM_ROOTFS_ARCHIVE_H

#include "oci/bundle.h"
#include "oci/error.h"
#include "vmm/cpio.h"
#include "vmm/root_index.h"

/*
 * Adds the bundle's rootfs as "rootfs" and all below it, and to the index
 * where that is not NULL. The same tree gives the same bytes. No link is
 * followed; what vanishes is left out, a file that shrinks is what was read.
 * Sockets are left out, a file with several names is read once, owners are as
 * the bundle's mappings say. Errors: those of rootfs_walk and cpio_add,
 * -ENOMEM.
 */
int rootfs_archive_add(struct cpio *cpio, const struct bundle *bundle,
                       struct root_index_builder *index, struct error *error);

#endif
