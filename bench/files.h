/* Small files of the kernel: /proc and /sys/fs/cgroup. */
#ifndef RINGSIDE_BENCH_FILES_H
#define RINGSIDE_BENCH_FILES_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Reads at most size-1 bytes of a file from its start and terminates them.
 * Returns the number of bytes or a negative errno.
 */
ssize_t file_read(const char *path, char *buffer, size_t size);

/* As file_read for an open file, from offset 0. */
ssize_t file_read_fd(int fd, char *buffer, size_t size);

/* Reads a file that holds one number. Returns 0 or a negative errno. */
int file_read_number(const char *path, int64_t *number);

/* Writes text to a file that exists. Returns 0 or a negative errno. */
int file_write(const char *path, const char *text);

/*
 * The number after "key" and blanks or a colon at the start of a line, as in
 * /proc/meminfo or cpu.stat. Returns 0 or -ENOENT.
 */
int field_number(const char *text, const char *key, int64_t *number);

#endif
