/*
 * Archives of root file systems, kept in a directory of the user's own, so
 * that they are made once and their pages are shared by all guests.
 *
 *   root-DIGEST   an archive, named by the SHA-256 of its bytes
 *   tree-DIGEST   a link to it, named by the metadata of a tree that it is of
 *   new-...       an archive in the making, which its maker has locked
 *   lock          taken while a tree is being archived
 *
 * What is complete appears under its name at once and never changes, so
 * readers take no lock; a guest that has an archive open keeps it when the
 * name is removed to make room.
 */
#ifndef RINGSIDE_VMM_ROOT_CACHE_H
#define RINGSIDE_VMM_ROOT_CACHE_H

#include "oci/error.h"
#include "vmm/root_tree.h"

#include <stdbool.h>
#include <stdint.h>

#define ROOT_CACHE_DEFAULT_SIZE (4ll << 30) /* bytes */

enum {
    ROOT_CACHE_MAX_TREES = 1024, /* links */
    ROOT_CACHE_NAME = 80,        /* bytes that any name in it needs */
};

/* Open cache. */
struct root_cache {
    int directory;         /* -1: there is none */
    int lock;              /* the file of that name */
    char path[4096];       /* for messages */
    int64_t maximum_bytes; /* of all archives together */
};

#define ROOT_CACHE_NONE ((struct root_cache){.directory = -1, .lock = -1})

/*
 * Opens the cache in the directory, made if absent (mode 0700). NULL is the
 * usual one: $XDG_CACHE_HOME/ringside, else /var/cache/ringside for root and
 * $HOME/.cache/ringside for others. Errors: -EPERM where it belongs to someone
 * else or others may write to it: what lies there must not become anyone's
 * root file system. That the usual one cannot be had (no home, read-only) is
 * no error: there is none then. The caller releases it.
 */
int root_cache_open(struct root_cache *cache, const char *path,
                    struct error *error);

void root_cache_release(struct root_cache *cache);

/* The archive of this tree, open for reading, or -ENOENT. */
int root_cache_find_tree(const struct root_cache *cache,
                         const struct root_tree *tree);

/* The archive with these bytes, open for reading, or -ENOENT. */
int root_cache_find(const struct root_cache *cache, const char *digest);

/*
 * Waits until nobody else archives this tree, and holds others off until the
 * cache is released. Errors: of fcntl(2); -EINTR when interrupted.
 */
int root_cache_lock(const struct root_cache *cache,
                    const struct root_tree *tree);

/*
 * A new file for an archive, open for reading and writing; name is its
 * temporary one. Errors: of open(2).
 */
int root_cache_begin(const struct root_cache *cache, char name[ROOT_CACHE_NAME],
                     struct error *error);

/* Removes a name; one that is not there is fine. */
void root_cache_drop(const struct root_cache *cache, const char *name);

/*
 * Keeps the finished archive with these bytes, under its own name and the
 * tree's, where it is not kept already, and then removes what was used least
 * recently to get the cache within its bounds. One larger than the whole cache
 * is not kept. Errors: of fsync(2), link(2) and symlink(2).
 */
int root_cache_keep(const struct root_cache *cache, int file, const char *name,
                    const struct root_tree *tree, const char *digest,
                    struct error *error);

#endif
