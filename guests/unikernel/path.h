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
};

/* Where a path leads. Holds references: path_release gives them back. */
struct path {
    struct node *node;      /* NULL: missing */
    struct node *directory; /* the last component's; NULL for "/", ".", .. */
    struct node_name name;  /* in directory; lives as long as the path text */
    bool must_be_directory; /* a slash follows the last component */
};

/*
 * Resolves from a start directory; an absolute path starts at the root.
 * Errors as path_resolution(7): -ENOENT, -ENOTDIR, -EACCES, -ELOOP,
 * -ENAMETOOLONG; on error there is nothing to release.
 */
int64_t path_resolve(struct node *start, const char *text, uint32_t flags,
                     struct path *path);

/*
 * The same for a path of the program's and the directory descriptor of an
 * ...at call (AT_FDCWD: the working directory). The text is in a buffer that
 * the next call of this function uses again; so path->name is too.
 */
int64_t path_lookup(uint64_t descriptor, uint64_t address, uint32_t flags,
                    struct path *path);

void path_release(struct path *path);

/* The root directory, without a reference; NULL when memory is full. */
struct node *path_root(void);

/*
 * The absolute path of a directory, or of what has this name there (name NULL
 * for the directory itself), NUL-terminated. Returns its length without the
 * NUL, -ERANGE where it does not fit, -ENOENT for a directory that was
 * removed.
 */
int64_t path_text(struct node *directory, const char *name, char *buffer,
                  uint64_t size);

/* The working directory, without a reference; sys_chdir changes it. */
struct node *path_working_directory(void);

#endif
