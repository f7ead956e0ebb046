/*
 * A file system in memory, as Linux's tmpfs. The root file system is one whose
 * files begin as parts of a read-only archive: their content stays there,
 * page by page, until it is written to.
 */
#ifndef RINGSIDE_UNIKERNEL_RAMFS_H
#define RINGSIDE_UNIKERNEL_RAMFS_H

#include "guests/unikernel/node.h"
#include "guests/unikernel/root_index.h"

#include <stdint.h>

/* An empty directory that is a root; NULL when memory is full. */
struct node *ramfs_create_root(struct filesystem *filesystem, uint32_t mode);

/* A regular file without a name, as of memfd_create and O_TMPFILE. */
struct node *ramfs_create_file(struct filesystem *filesystem, uint32_t mode);

/*
 * A root that begins as what the archive holds, which must stay. Nothing of
 * it is read but the root's entry.
 */
struct node *ramfs_archive_root(const struct root_index *index,
                                const char *base,
                                struct filesystem *filesystem);

/* Bytes of the heap that hold the content of files, in pages. */
uint64_t ramfs_used(void);

/* Fills in struct filesystem's space. */
void ramfs_space(uint64_t blocks[2], uint64_t inodes[2]);

/* 512-byte units that a node takes, for st_blocks. */
uint64_t ramfs_blocks(const struct node *node);

#endif
