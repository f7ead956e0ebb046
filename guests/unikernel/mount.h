/*
 * The mount table: which file systems are where. It is fixed: a row of
 * mount.c for each, in the order of /proc/mounts, the root and directories
 * right below it, which are made where the archive lacks them.
 */
#ifndef RINGSIDE_UNIKERNEL_MOUNT_H
#define RINGSIDE_UNIKERNEL_MOUNT_H

#include "guests/unikernel/node.h"

#include <stdint.h>

struct mount {
    const char *path;    /* "/", "/proc" */
    const char *source;  /* as in /proc/mounts */
    const char *options; /* as there */
    /*
     * The root of what is mounted, called once, when a path first leads
     * there; NULL: memory is full. Its parent is set by the caller.
     */
    struct node *(*root)(void);
    struct node *covered; /* the directory below, once there is one */
    struct node *mounted; /* what root returned */
};

/* The table's row of this number, NULL behind the last. */
const struct mount *mount_row(unsigned number);

/* Puts every file system in its place below the root directory. */
int64_t mount_all(struct node *root);

/* What is mounted on a directory that is mounted_on; no reference. */
struct node *mount_root(const struct node *covered);

/* The directory that a mounted root covers; NULL for any other node. */
struct node *mount_covered(const struct node *root);

#endif
