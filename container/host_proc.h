/*
 * Files of the host's /proc, for writing.
 *
 * What a runtime writes there (a sysctl, a label) must reach the kernel, not
 * a file that somebody has put in its place (CVE-2019-16884, CVE-2025-52881).
 * So it is written before anything of the container is mounted, and only
 * where the file is on a proc file system with nothing mounted in between.
 */
#ifndef RINGSIDE_CONTAINER_HOST_PROC_H
#define RINGSIDE_CONTAINER_HOST_PROC_H

/* Opens path, relative to /proc, for reading or writing (flags: O_RDONLY...).
 * Returns a descriptor or a negative errno. */
int host_proc_open(const char *path, int flags);

/* Writes text to it. Errors: negative errno; -EXDEV if it is not proc's. */
int host_proc_write(const char *path, const char *text);

#endif
