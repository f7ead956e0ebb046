/*
 * Has a root file system changed? What stat(2) says of every file in it is
 * hashed, which takes microseconds a file, where reading all of it would take
 * as long as its size.
 *
 * Trusted is the inode change time: the kernel sets it whenever content, name,
 * owner, mode or times change, and no system call sets it to a chosen value.
 * Together with device, inode number, size and modification time it stays the
 * same only for a file that nobody has touched. Two things escape it, so they
 * are dealt with otherwise: two changes within one tick of the clock (a tree is
 * believed only some time after its last change), and a program that goes on
 * writing through a shared memory mapping of a file that it changed before
 * (for which there is an option to read everything each time).
 */
#ifndef RINGSIDE_VMM_ROOT_TREE_H
#define RINGSIDE_VMM_ROOT_TREE_H

#include "oci/bundle.h"
#include "oci/error.h"

#include <stdbool.h>

enum { ROOT_DIGEST_TEXT = 65 }; /* SHA-256 in hexadecimal, with its NUL */

struct root_tree {
    char digest[ROOT_DIGEST_TEXT]; /* of all metadata, and of the mappings */
    bool settled;                  /* nothing has changed lately */
};

/* Looks at every file in the bundle's rootfs. Errors: of rootfs_walk. */
int root_tree_examine(const struct bundle *bundle, struct root_tree *tree,
                      struct error *error);

/* SHA-256 as text, of size bytes at data. */
void root_digest(const void *data, size_t size, char text[ROOT_DIGEST_TEXT]);

#endif
