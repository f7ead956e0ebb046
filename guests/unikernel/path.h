/*
 * Path resolution, path_resolution(7): from a path to nodes. Checks search
 * permission on the way, follows symbolic links and goes across mounts.
 */
#ifndef RINGSIDE_UNIKERNEL_PATH_H
#define RINGSIDE_UNIKERNEL_PATH_H

#include "guests/unikernel/node.h"

#include <stdbool.h>
#include <stdint.h>

enum path_flags {
    PATH_FOLLOW = 1,  /* a symbolic link at the end is followed */
    PATH_MISSING = 2, /* the last component need not exist */
    PATH_EMPTY = 4,   /* "" names where the path starts (AT_EMPTY_PATH) */
    /*
     * The last component is meant as a name: a slash behind it follows no
     * link and asks for no directory, path->slash only tells of it.
     */
    PATH_NAME = 8,
    /* The same for a file that is to be made: a slash is -EISDIR. */
    PATH_CREATE = 16,
};

/* What the last component is. */
enum path_last { PATH_IS_NAME, PATH_IS_ROOT, PATH_IS_DOT, PATH_IS_DOT_DOT };

/* Where a path leads. Holds references: path_release gives them back. */
struct path {
    struct node *node;      /* NULL: missing */
    struct node *directory; /* where last is a name: what it is a name in */
    enum path_last last;
    bool slash; /* slashes follow the last component */
    uint32_t name_length;
    char name[NAME_LENGTH_MAX + 1]; /* NUL-terminated */
};

static inline struct node_name path_name(const struct path *path)
{
    return (struct node_name){path->name, path->name_length};
}

/*
 * Resolves from a start directory; an absolute path starts at the root.
 * Errors as path_resolution(7): -ENOENT, -ENOTDIR, -EACCES, -ELOOP,
 * -ENAMETOOLONG; on error there is nothing to release.
 */
int64_t path_resolve(struct node *start, const char *text, uint32_t flags,
                     struct path *path);

/*
 * The same for a path of the program's and the directory descriptor of an
 * ...at call (AT_FDCWD: the working directory).
 */
int64_t path_lookup(uint64_t descriptor, uint64_t address, uint32_t flags,
                    struct path *path);

void path_release(struct path *path);

/*
 * The absolute path of a directory, or of what has this name there (name NULL
 * for the directory itself), NUL-terminated, at the end of the buffer.
 * Returns where it starts; NULL where it does not fit or the directory was
 * removed, which *status tells: -ERANGE, -ENOENT.
 */
char *path_text(struct node *directory, const char *name, char *buffer,
                uint64_t size, int64_t *status);

#endif
