/* Walking a hostile tree; see rootfs_walk.h. */
#include "vmm/rootfs_walk.h"

#include "oci/cleanup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
    OVERFLOW_ID = 65534, /* what Linux shows for an id that is not mapped */
    FIRST_NAMES = 32,
};

struct walk {
    const struct bundle *bundle;
    rootfs_visitor *visit;
    void *context;
    char path[PATH_MAX];
    size_t entries;
};

/* The names in a directory. */
struct names {
    char **list;
    size_t count, capacity;
};

static void names_release(struct names *names)
{
    for (size_t i = 0; i < names->count; i++)
        free(names->list[i]);
    free(names->list);
}

static int names_add(struct names *names, const char *name)
{
    if (names->count == names->capacity) {
        size_t capacity =
            names->capacity > 0 ? names->capacity * 2 : FIRST_NAMES;
        char **list = reallocarray(names->list, capacity, sizeof(*list));

        if (list == NULL)
            return -ENOMEM;
        names->list = list;
        names->capacity = capacity;
    }
    names->list[names->count] = strdup(name);
    if (names->list[names->count] == NULL)
        return -ENOMEM;
    names->count++;
    return 0;
}

static int compare_names(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

static uint32_t map_id(const struct bundle_id_mapping *mappings, size_t count,
                       uint32_t id)
{
    if (count == 0)
        return id;
    for (size_t i = 0; i < count; i++) {
        if (id >= mappings[i].host_id &&
            id - mappings[i].host_id < mappings[i].size)
            return mappings[i].container_id + (id - mappings[i].host_id);
    }
    return OVERFLOW_ID;
}

void rootfs_map_owner(const struct bundle *bundle, struct stat *status)
{
    status->st_uid = map_id(bundle->mappings.uids, bundle->mappings.uid_count,
                            status->st_uid);
    status->st_gid = map_id(bundle->mappings.gids, bundle->mappings.gid_count,
                            status->st_gid);
}

static bool has_changed(int code)
{
    return code == ENOENT || code == ENOTDIR || code == ELOOP || code == ENXIO;
}

int rootfs_cannot_read(const struct bundle *bundle, const char *path, int code,
                       struct error *error)
{
    const char *inside = path + strcspn(path, "/");

    if (has_changed(code))
        return 0;
    if (code == EACCES || code == EPERM)
        return error_set(error, code,
                         "%s%s may not be read, and a guest gets a copy of the "
                         "whole root file system: make it readable (chmod), "
                         "remove it, or run as its owner",
                         bundle->rootfs, inside);
    return error_errno(error, code, "%s%s: cannot read it", bundle->rootfs,
                       inside);
}

static bool is_dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static int list_directory(struct walk *walk, int fd, struct names *names,
                          struct error *error)
{
    _cleanup_directory_ DIR *stream = NULL;
    int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);

    if (copy >= 0)
        stream = fdopendir(copy);
    if (stream == NULL) {
        int code = errno;

        cleanup_close(&copy);
        return error_errno(error, code, "%s: cannot list it", walk->path);
    }
    for (;;) {
        const struct dirent *child;

        errno = 0;
        child = readdir(stream);
        if (child == NULL && errno != 0)
            return rootfs_cannot_read(walk->bundle, walk->path, errno, error);
        if (child == NULL)
            break;
        if (is_dots(child->d_name))
            continue;
        if (walk->entries + names->count >= ROOTFS_MAX_ENTRIES)
            return error_set(error, E2BIG, "%s: more than %d files",
                             walk->bundle->rootfs, ROOTFS_MAX_ENTRIES);
        if (names_add(names, child->d_name) < 0)
            return error_errno(error, ENOMEM, "%s", walk->path);
    }
    if (names->count > 0)
        qsort(names->list, names->count, sizeof(names->list[0]), compare_names);
    return 0;
}

static int walk_directory(struct walk *walk, struct rootfs_file *file,
                          struct error *error);

/* Something in an open directory; walk->path names it already. */
static int walk_child(struct walk *walk, struct rootfs_file *file,
                      struct error *error)
{
    walk->entries++;
    if (fstatat(file->directory, file->name, &file->status,
                AT_SYMLINK_NOFOLLOW) < 0)
        return rootfs_cannot_read(walk->bundle, walk->path, errno, error);
    if (S_ISDIR(file->status.st_mode))
        return walk_directory(walk, file, error);
    rootfs_map_owner(walk->bundle, &file->status);
    return walk->visit(walk->context, file, error);
}

/* Puts "/NAME" at the end of walk->path, which is length bytes long. */
static int descend(struct walk *walk, size_t length, const char *name,
                   struct error *error)
{
    size_t size = strlen(name) + 1;

    if (length + 1 + size > sizeof(walk->path))
        return error_set(error, ENAMETOOLONG, "%.64s...: path of %zu bytes",
                         walk->path, length + size);
    walk->path[length] = '/';
    memcpy(walk->path + length + 1, name, size);
    return 0;
}

static int walk_children(struct walk *walk, int fd, unsigned int depth,
                         struct error *error)
{
    _cleanup_(names_release) struct names names = {0};
    const size_t length = strlen(walk->path);
    int status = list_directory(walk, fd, &names, error);

    for (size_t i = 0; status == 0 && i < names.count; i++) {
        struct rootfs_file file = {
            .path = walk->path,
            .name = names.list[i],
            .directory = fd,
            .depth = depth,
        };

        status = descend(walk, length, names.list[i], error);
        if (status == 0)
            status = walk_child(walk, &file, error);
        walk->path[length] = '\0';
    }
    return status;
}

static int walk_directory(struct walk *walk, struct rootfs_file *file,
                          struct error *error)
{
    _cleanup_close_ int fd =
        openat(file->directory, file->name,
               O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    int status;

    if (fd < 0 || fstat(fd, &file->status) < 0)
        return rootfs_cannot_read(walk->bundle, walk->path, errno, error);
    if (file->depth >= ROOTFS_MAX_DEPTH)
        return error_set(error, E2BIG, "%s: directories deeper than %d",
                         walk->bundle->rootfs, ROOTFS_MAX_DEPTH);
    rootfs_map_owner(walk->bundle, &file->status);
    status = walk->visit(walk->context, file, error);
    if (status < 0)
        return status;
    return walk_children(walk, fd, file->depth + 1, error);
}

int rootfs_walk(const struct bundle *bundle, rootfs_visitor *visit,
                void *context, struct error *error)
{
    struct walk walk = {
        .bundle = bundle,
        .visit = visit,
        .context = context,
        .path = "rootfs",
    };
    struct rootfs_file root = {
        .path = walk.path,
        .name = bundle->rootfs,
        .directory = AT_FDCWD,
    };
    struct stat status;

    if (lstat(bundle->rootfs, &status) < 0 || !S_ISDIR(status.st_mode))
        return error_set(error, ENOENT, "%s: no directory", bundle->rootfs);
    return walk_directory(&walk, &root, error);
}
