/*
 * Cleanup attributes: a variable marked so is released when it leaves scope,
 * so that no error path leaks. A function uses these or one `out:` label,
 * never both. Ownership leaves with take_pointer() or take_fd().
 */
#ifndef RINGSIDE_OCI_CLEANUP_H
#define RINGSIDE_OCI_CLEANUP_H

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define _cleanup_(function) __attribute__((cleanup(function)))

static inline void cleanup_free(void *pointer)
{
    free(*(void **)pointer);
}

/* Closing keeps errno: it often still describes why the scope was left. */
static inline void cleanup_close(const int *fd)
{
    if (*fd >= 0) {
        int saved = errno;

        close(*fd);
        errno = saved;
    }
}

static inline void cleanup_file(FILE **file)
{
    if (*file != NULL)
        fclose(*file);
}

static inline void cleanup_directory(DIR **directory)
{
    if (*directory != NULL)
        closedir(*directory);
}

#define _cleanup_free_      _cleanup_(cleanup_free)
#define _cleanup_close_     _cleanup_(cleanup_close)
#define _cleanup_file_      _cleanup_(cleanup_file)
#define _cleanup_directory_ _cleanup_(cleanup_directory)

/* Hands a pointer on: returns it and clears the variable. */
#define take_pointer(pointer)                   \
    ({                                          \
        __typeof__(pointer) taken_ = (pointer); \
        (pointer) = NULL;                       \
        taken_;                                 \
    })

/* Hands a descriptor on: returns it and sets the variable to -1. */
static inline int take_fd(int *fd)
{
    int taken = *fd;

    *fd = -1;
    return taken;
}

#endif
