/* Files and directory trees, where the C library stops short. */
#ifndef RINGSIDE_OCI_FILE_H
#define RINGSIDE_OCI_FILE_H

#include "oci/error.h"

#include <stddef.h>
#include <sys/types.h>

/* Writes all of data to fd, through short writes and EINTR. Errors: -errno. */
int file_write_all(int fd, const void *data, size_t size);

/*
 * Writes text to a new file beside path and renames it onto path, so that a
 * reader never sees half of it. Errors: the failed call's errno.
 */
int file_replace(const char *path, const char *text, struct error *error);

/*
 * Copies the regular file source to the new file target with the given mode;
 * an existing target is replaced. Data stays in the kernel.
 * Errors: the failed call's errno.
 */
int file_copy(const char *source, const char *target, mode_t mode,
              struct error *error);

/*
 * Makes a directory and those above it that are missing, all with that mode.
 * An existing directory is fine. Errors: the failed call's errno.
 */
int directory_make(const char *path, mode_t mode, struct error *error);

/*
 * Removes path and all below it, as `rm -rf`; symbolic links are removed, not
 * followed, and other file systems mounted below are left alone. What is
 * absent is fine. Errors: the first failed call's errno; the rest is still
 * removed.
 */
int tree_remove(const char *path, struct error *error);

#endif
