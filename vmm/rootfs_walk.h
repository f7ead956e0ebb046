/*
 * Walking a bundle's root file system, which is hostile: no link is followed,
 * nothing outside is reached, whatever others do to the tree meanwhile.
 */
#ifndef RINGSIDE_VMM_ROOTFS_WALK_H
#define RINGSIDE_VMM_ROOTFS_WALK_H

#include "oci/bundle.h"
#include "oci/error.h"

#include <sys/stat.h>

enum {
    ROOTFS_MAX_DEPTH = 256, /* directories below each other */
    ROOTFS_MAX_ENTRIES = 1000000,
};

/* One file on the way; all of it is the walk's, until the visitor returns. */
struct rootfs_file {
    const char *path;   /* "rootfs", "rootfs/bin", ... */
    const char *name;   /* of the file in directory */
    int directory;      /* AT_FDCWD for the root */
    unsigned int depth; /* 0 for the root */
    struct stat status; /* of the file itself; may have changed since */
};

/*
 * Called for a directory before what is in it. Below 0 ends the walk with that
 * error.
 */
typedef int rootfs_visitor(void *context, const struct rootfs_file *file,
                           struct error *error);

/*
 * Visits the bundle's rootfs and all below it, the names of a directory in the
 * order of their bytes. What vanishes meanwhile is left out. Errors: -ENOENT
 * where rootfs is no directory, -E2BIG past the bounds, -ENAMETOOLONG, those of
 * rootfs_cannot_read, of the visitor.
 */
int rootfs_walk(const struct bundle *bundle, rootfs_visitor *visit,
                void *context, struct error *error);

/*
 * A failed call on this file: 0 where it has been removed or replaced since it
 * was listed, else the error, which says what to do.
 */
int rootfs_cannot_read(const struct bundle *bundle, const char *path, int code,
                       struct error *error);

/* The owner as the bundle's mappings show it inside. */
void rootfs_map_owner(const struct bundle *bundle, struct stat *status);

#endif
