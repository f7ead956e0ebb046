/*
 * The root file system: a ramfs that begins as what the archive holds. It is
 * built at the first path lookup; a program that uses no path pays nothing.
 */
#ifndef RINGSIDE_UNIKERNEL_ROOTFS_H
#define RINGSIDE_UNIKERNEL_ROOTFS_H

#include "guests/unikernel/node.h"

#include <stdint.h>

/*
 * The root directory, without a reference. Error: -ENOMEM where guest memory
 * is full, which stays so.
 */
int64_t rootfs(struct node **root);

/* The same for who has no use for the error; NULL before the first lookup. */
struct node *rootfs_root(void);

#endif
