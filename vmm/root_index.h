/*
 * Building the index of a root file system's archive, in the form of
 * guests/unikernel/root_index.h.
 */
#ifndef RINGSIDE_VMM_ROOT_INDEX_H
#define RINGSIDE_VMM_ROOT_INDEX_H

#include "guests/unikernel/root_index.h"
#include "oci/error.h"
#include "vmm/buffer.h"
#include "vmm/rootfs_walk.h"

#include <stdint.h>

/* All zeros is an empty one. */
struct root_index_builder {
    struct buffer walked; /* entries as the walk goes */
    struct buffer names;
    uint32_t last[ROOTFS_MAX_DEPTH + 1];   /* last entry at each depth */
    uint32_t levels[ROOTFS_MAX_DEPTH + 1]; /* entries at each depth */
};

/* Where in the archive the content of a file is. */
struct root_content {
    uint64_t offset, size; /* bytes */
    uint32_t first; /* entry of the same file's first name, or ROOT_FIRST */
};

#define ROOT_FIRST UINT32_MAX

/* The number that the next entry gets: what others say in `first`. */
uint32_t root_index_next(const struct root_index_builder *builder);

/*
 * Adds a name, of a directory before what is in it, of a file that is
 * described by status. Errors: -ENOMEM, -E2BIG where names exceed 4 GiB.
 */
int root_index_add(struct root_index_builder *builder,
                   const struct rootfs_file *file, const struct stat *status,
                   const struct root_content *content, struct error *error);

/*
 * Writes the index behind the archive and fills both up to whole pages.
 * Errors: -ENOENT where there is not even the root, -ENOMEM, -ENOSPC.
 */
int root_index_write(const struct root_index_builder *builder,
                     struct buffer *archive, struct error *error);

/*
 * Whether the file is an archive with its index, as far as the index says:
 * 0 with its size in bytes, or -EINVAL.
 */
int root_index_probe(int file, uint64_t *size);

void root_index_release(struct root_index_builder *builder);

#endif
