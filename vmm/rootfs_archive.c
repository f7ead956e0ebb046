/* Walking a hostile tree; see rootfs_archive.h. */
#include "vmm/rootfs_archive.h"

#include "oci/cleanup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

/* What Linux shows for an id that a mapping does not name. */
enum { OVERFLOW_ID = 65534 };

struct walk {
    struct cpio *cpio;
    const struct bundle *bundle;
    char path[PATH_MAX]; /* of the entry, as the archive names it */
    size_t entries;
};

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

static struct cpio_entry describe(const struct walk *walk,
                                  const struct stat *status)
{
    const struct bundle *bundle = walk->bundle;

    return (struct cpio_entry){
        .name = walk->path,
        .mode = status->st_mode,
        .uid = map_id(bundle->uid_mappings, bundle->uid_mapping_count,
                      status->st_uid),
        .gid = map_id(bundle->gid_mappings, bundle->gid_mapping_count,
                      status->st_gid),
        .mtime = status->st_mtime,
        .device = status->st_rdev,
    };
}

/* True for what someone else has removed or replaced since it was listed. */
static bool has_changed(int code)
{
    return code == ENOENT || code == ENOTDIR || code == ELOOP || code == ENXIO;
}

static int cannot_read(const struct walk *walk, int code, struct error *error)
{
    if (has_changed(code))
        return 0;
    return error_errno(error, code, "%s: cannot read it", walk->path);
}

static int add_file(struct walk *walk, int directory, const char *name,
                    struct error *error)
{
    /* Not to wait for what has become a FIFO. */
    _cleanup_close_ int fd =
        openat(directory, name,
               O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    struct cpio_entry entry;
    struct stat status;

    if (fd < 0 || fstat(fd, &status) < 0)
        return cannot_read(walk, errno, error);
    if (!S_ISREG(status.st_mode))
        return 0;
    entry = describe(walk, &status);
    return cpio_add_file(walk->cpio, &entry, fd, (uint64_t)status.st_size,
                         error);
}

static int add_link(struct walk *walk, int directory, const char *name,
                    const struct stat *status, struct error *error)
{
    struct cpio_entry entry = describe(walk, status);
    char target[PATH_MAX];
    ssize_t length = readlinkat(directory, name, target, sizeof(target));

    if (length < 0 && errno == EINVAL) /* no link any more */
        return 0;
    if (length < 0)
        return cannot_read(walk, errno, error);
    return cpio_add(walk->cpio, &entry, target, (uint64_t)length, error);
}

static int add_directory(struct walk *walk, int directory, const char *name,
                         unsigned int depth, struct error *error);

static int add_entry(struct walk *walk, int directory, const char *name,
                     unsigned int depth, struct error *error)
{
    struct cpio_entry entry;
    struct stat status;

    if (++walk->entries > ROOTFS_MAX_ENTRIES)
        return error_set(error, E2BIG, "%s: more than %d files",
                         walk->bundle->rootfs, ROOTFS_MAX_ENTRIES);
    if (fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) < 0)
        return cannot_read(walk, errno, error);
    switch (status.st_mode & S_IFMT) {
    case S_IFDIR:
        return add_directory(walk, directory, name, depth, error);
    case S_IFREG:
        return add_file(walk, directory, name, error);
    case S_IFLNK:
        return add_link(walk, directory, name, &status, error);
    case S_IFCHR:
    case S_IFBLK:
    case S_IFIFO:
        entry = describe(walk, &status);
        return cpio_add(walk->cpio, &entry, NULL, 0, error);
    default: /* a socket: its server is not in the guest */
        return 0;
    }
}

static bool is_dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* One name more at the end of walk->path; *length is what it was before. */
static int descend(struct walk *walk, const char *name, size_t *length,
                   struct error *error)
{
    size_t size = strlen(name) + 1;

    *length = strlen(walk->path);
    if (*length + 1 + size > sizeof(walk->path))
        return error_set(error, ENAMETOOLONG, "%.64s...: path of %zu bytes",
                         walk->path, *length + size);
    walk->path[*length] = '/';
    memcpy(walk->path + *length + 1, name, size);
    return 0;
}

static int add_children(struct walk *walk, DIR *stream, unsigned int depth,
                        struct error *error)
{
    for (;;) {
        const struct dirent *child;
        size_t length;
        int status;

        errno = 0;
        child = readdir(stream);
        if (child == NULL)
            return errno == 0 ? 0 : cannot_read(walk, errno, error);
        if (is_dots(child->d_name))
            continue;
        status = descend(walk, child->d_name, &length, error);
        if (status == 0)
            status =
                add_entry(walk, dirfd(stream), child->d_name, depth, error);
        if (status < 0)
            return status;
        walk->path[length] = '\0';
    }
}

static int add_directory(struct walk *walk, int directory, const char *name,
                         unsigned int depth, struct error *error)
{
    _cleanup_close_ int fd = openat(
        directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    _cleanup_directory_ DIR *stream = NULL;
    struct cpio_entry entry;
    struct stat status;
    int result;

    if (fd < 0 || fstat(fd, &status) < 0)
        return cannot_read(walk, errno, error);
    if (depth == 0)
        return error_set(error, E2BIG, "%s: directories deeper than %d",
                         walk->bundle->rootfs, ROOTFS_MAX_DEPTH);
    entry = describe(walk, &status);
    result = cpio_add(walk->cpio, &entry, NULL, 0, error);
    if (result < 0)
        return result;
    stream = fdopendir(fd);
    if (stream == NULL)
        return cannot_read(walk, errno, error);
    (void)take_fd(&fd);
    return add_children(walk, stream, depth - 1, error);
}

int rootfs_archive_add(struct cpio *cpio, const struct bundle *bundle,
                       struct error *error)
{
    struct walk walk = {.cpio = cpio, .bundle = bundle, .path = "rootfs"};
    size_t before = cpio->entries;
    int status =
        add_directory(&walk, AT_FDCWD, bundle->rootfs, ROOTFS_MAX_DEPTH, error);

    if (status == 0 && cpio->entries == before)
        return error_set(error, ENOENT, "%s: no directory", bundle->rootfs);
    return status;
}
