/*
 * Bytes that are added to at the end: memory of our own that grows without
 * being copied, a file that grows with it, or a part of guest memory that does
 * not grow.
 */
#ifndef RINGSIDE_VMM_BUFFER_H
#define RINGSIDE_VMM_BUFFER_H

#include "oci/error.h"

#include <stdbool.h>
#include <stddef.h>

/* All zeros is an empty buffer that grows. */
struct buffer {
    char *data;
    size_t size;     /* bytes in use */
    size_t capacity; /* bytes at data */
    bool borrowed;   /* data is someone else's: full is full */
    bool in_file;    /* data is a file's, mapped; file is its descriptor */
    int file;
};

/* A buffer over capacity bytes at data, which stay the caller's. */
struct buffer buffer_borrow(void *data, size_t capacity);

/*
 * A buffer in the empty file, open for reading and writing, which stays the
 * caller's; it becomes longer than the buffer's size.
 */
struct buffer buffer_in_file(int file);

/*
 * Adds size bytes, of any value, at the end; *added is where they start, until
 * the buffer grows again. Errors: -ENOMEM; -ENOSPC for a borrowed buffer;
 * those of posix_fallocate(3) for a file.
 */
int buffer_extend(struct buffer *buffer, size_t size, char **added);

/*
 * Adds all that fd still has to give. Errors: those of read(2) and of
 * buffer_extend; -EFBIG where that is more than limit bytes.
 */
int buffer_read(struct buffer *buffer, int fd, size_t limit);

/* Frees what the buffer owns; it is empty then. */
void buffer_release(struct buffer *buffer);

#endif
