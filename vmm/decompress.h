/* Files as they are stored, or as xz, zstd and gzip leave them. */
#ifndef RINGSIDE_VMM_DECOMPRESS_H
#define RINGSIDE_VMM_DECOMPRESS_H

#include "oci/error.h"
#include "vmm/buffer.h"

/*
 * Adds the content of the file to the buffer, decompressed by the tool that
 * the ending of its name (.xz, .zst, .gz) asks for, found along PATH. Errors:
 * those of open(2) and read(2); -EFBIG past limit bytes; -ENOTSUP where the
 * tool is not installed; -EINVAL where it fails.
 */
int decompress_file(const char *path, struct buffer *buffer, size_t limit,
                    struct error *error);

#endif
