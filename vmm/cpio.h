/*
 * Writer of cpio archives in the newc format, which the kernel unpacks into
 * its first root file system.
 * Source: Linux Documentation/driver-api/early-userspace/buffer-format.rst.
 *
 * Past its limit an archive only counts: the whole tree is looked at, so that
 * the message can say how much would be needed.
 */
#ifndef RINGSIDE_VMM_CPIO_H
#define RINGSIDE_VMM_CPIO_H

#include "oci/error.h"
#include "vmm/buffer.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct cpio {
    struct buffer *buffer; /* borrowed */
    uint64_t limit;        /* bytes that may be stored */
    uint64_t size;         /* bytes that the archive needs so far */
    uint32_t entries;
    /* Of the entry added last: where its bytes are in the buffer, how many.
       Of no use past the limit. */
    uint64_t content, content_size;
};

/* An entry's kind is in its mode, as in st_mode. */
struct cpio_entry {
    const char *name; /* relative; no empty, "." or ".." component */
    mode_t mode;
    uid_t uid;
    gid_t gid;
    int64_t mtime; /* seconds since 1970; what newc cannot say is cut */
    dev_t device;  /* of a device node */
    /* A file with several names: all have the first one's inode, which is
       cpio->entries once that was added, and only that one has content. */
    uint32_t inode; /* 0: its own */
    uint32_t links; /* 0: not such a file */
};

/* Starts an archive at the end of the buffer. */
void cpio_begin(struct cpio *cpio, struct buffer *buffer, uint64_t limit);

/*
 * Adds an entry with its content: a regular file's bytes, a link's target,
 * nothing for others. Errors: -EINVAL for a
 * name or mode that an archive cannot have, -ENAMETOOLONG, -EFBIG from 4 GiB
 * on, -ENOMEM.
 */
int cpio_add(struct cpio *cpio, const struct cpio_entry *entry,
             const void *content, uint64_t size, struct error *error);

/*
 * Adds a regular file whose content is read from fd: size bytes, or as many
 * as there are when it has shrunk. Errors: those of cpio_add and of read(2).
 */
int cpio_add_file(struct cpio *cpio, const struct cpio_entry *entry, int fd,
                  uint64_t size, struct error *error);

/*
 * Ends the archive. Errors: -ENOSPC where it did not fit the limit or the
 * borrowed buffer; cpio->size then says what would.
 */
int cpio_end(struct cpio *cpio, struct error *error);

#endif
