/*
 * A directory for a workload's files: in memory (tmpfs) wherever the platform
 * has /dev/shm, as Linux and every OCI bundle do, and else in /tmp. A disk
 * would be measured instead of the platform.
 */
#ifndef RINGSIDE_WORKLOAD_SCRATCH_H
#define RINGSIDE_WORKLOAD_SCRATCH_H

#include <stddef.h>

/* What a name begins with; the rest is drawn. */
#define SCRATCH_PREFIX "ringside-workload-"

/*
 * Makes it, locked (flock) as long as the process lives, and makes it the
 * working directory, so that names in it are short. Directories that a killed
 * workload left there, whose lock is free, are removed first. Returns a
 * descriptor, or -1 after report_failure.
 */
int scratch_enter(void);

/* Removes it with what it holds, three levels of it at most. */
void scratch_leave(int directory);

/*
 * Makes a file in the working directory, `size` bytes of generated data, and
 * opens it for reading and writing. Returns a descriptor, or -1 after
 * report_failure.
 */
int scratch_file(const char *name, size_t size);

/* Says what failed on a scratch file, by errno. Returns -1. */
int scratch_failure(const char *what);

#endif
