/* Reading files whole. */
#ifndef RINGSIDE_VMM_FILES_H
#define RINGSIDE_VMM_FILES_H

#include <stdint.h>

/*
 * Reads exactly length bytes at offset. Returns 0, the negative errno of
 * pread(2), or -EIO where the file ends before.
 */
int file_read_at(int fd, void *to, uint64_t length, uint64_t offset);

#endif
