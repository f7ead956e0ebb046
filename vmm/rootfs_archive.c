/* What a walk finds becomes an archive; see rootfs_archive.h. */
#include "vmm/rootfs_archive.h"

#include "oci/cleanup.h"
#include "vmm/file_names.h"
#include "vmm/interrupt.h"
#include "vmm/rootfs_walk.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>

struct archiving {
    struct cpio *cpio;
    const struct bundle *bundle;
    struct root_index_builder *index; /* may be NULL */
    struct file_names *names;
};

static struct cpio_entry describe(const struct rootfs_file *file,
                                  const struct stat *status)
{
    return (struct cpio_entry){
        .name = file->path,
        .mode = status->st_mode,
        .uid = status->st_uid,
        .gid = status->st_gid,
        .mtime = status->st_mtime,
        .device = status->st_rdev,
    };
}

/* Tells the index of the entry that was added last. */
static int note(const struct archiving *archiving,
                const struct rootfs_file *file, const struct stat *status,
                struct error *error)
{
    const struct cpio *cpio = archiving->cpio;
    const struct root_content content = {cpio->content, cpio->content_size,
                                         ROOT_FIRST};

    if (archiving->index == NULL)
        return 0;
    return root_index_add(archiving->index, file, status, &content, error);
}

/* What the next name of the file just added needs to know of this one. */
static int remember(const struct archiving *archiving,
                    const struct stat *status, struct error *error)
{
    const struct cpio *cpio = archiving->cpio;
    struct file_name first = {
        .device = status->st_dev,
        .inode = status->st_ino,
        .entry = cpio->entries,
        .content = {.offset = cpio->content, .size = cpio->content_size},
    };

    if (status->st_nlink < 2)
        return 0;
    if (archiving->index != NULL)
        first.content.first = root_index_next(archiving->index) - 1;
    if (file_names_add(archiving->names, &first) < 0)
        return error_errno(error, ENOMEM, "names of files");
    return 0;
}

static int add_content(const struct archiving *archiving,
                       const struct rootfs_file *file, struct error *error)
{
    /* Not to wait for what has become a FIFO. */
    _cleanup_close_ int fd =
        openat(file->directory, file->name,
               O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    struct cpio_entry entry;
    struct stat status;
    int result;

    if (fd < 0 || fstat(fd, &status) < 0)
        return rootfs_cannot_read(archiving->bundle, file->path, errno, error);
    if (!S_ISREG(status.st_mode))
        return 0;
    rootfs_map_owner(archiving->bundle, &status);
    entry = describe(file, &status);
    if (status.st_nlink > 1)
        entry.links = (uint32_t)status.st_nlink;
    result = cpio_add_file(archiving->cpio, &entry, fd,
                           (uint64_t)status.st_size, error);
    if (result == 0)
        result = note(archiving, file, &status, error);
    return result < 0 ? result : remember(archiving, &status, error);
}

/* One name more of a file whose content is in the archive already. */
static int add_name(const struct archiving *archiving,
                    const struct rootfs_file *file,
                    const struct file_name *first, struct error *error)
{
    struct cpio_entry entry = describe(file, &file->status);
    int result;

    entry.inode = first->entry;
    entry.links = (uint32_t)file->status.st_nlink;
    result = cpio_add(archiving->cpio, &entry, NULL, 0, error);
    if (result < 0 || archiving->index == NULL)
        return result;
    return root_index_add(archiving->index, file, &file->status,
                          &first->content, error);
}

static int add_file(const struct archiving *archiving,
                    const struct rootfs_file *file, struct error *error)
{
    const struct file_name *first = NULL;

    if (file->status.st_nlink > 1)
        first = file_names_find(archiving->names, file->status.st_dev,
                                file->status.st_ino);
    if (first != NULL)
        return add_name(archiving, file, first, error);
    return add_content(archiving, file, error);
}

static int add_link(const struct archiving *archiving,
                    const struct rootfs_file *file, struct error *error)
{
    struct cpio_entry entry = describe(file, &file->status);
    char target[PATH_MAX];
    ssize_t length =
        readlinkat(file->directory, file->name, target, sizeof(target));
    int result;

    if (length < 0 && errno == EINVAL) /* no link any more */
        return 0;
    if (length < 0)
        return rootfs_cannot_read(archiving->bundle, file->path, errno, error);
    result = cpio_add(archiving->cpio, &entry, target, (uint64_t)length, error);
    if (result < 0)
        return result;
    return note(archiving, file, &file->status, error);
}

/* A directory or a node. */
static int add_empty(const struct archiving *archiving,
                     const struct rootfs_file *file, struct error *error)
{
    struct cpio_entry entry = describe(file, &file->status);
    int result = cpio_add(archiving->cpio, &entry, NULL, 0, error);

    if (result < 0)
        return result;
    return note(archiving, file, &file->status, error);
}

static int add(void *context, const struct rootfs_file *file,
               struct error *error)
{
    const struct archiving *archiving = context;

    if (interrupt_pending() != 0) /* large trees take long */
        return -EINTR;
    switch (file->status.st_mode & S_IFMT) {
    case S_IFREG:
        return add_file(archiving, file, error);
    case S_IFLNK:
        return add_link(archiving, file, error);
    case S_IFDIR:
    case S_IFCHR:
    case S_IFBLK:
    case S_IFIFO:
        return add_empty(archiving, file, error);
    default: /* a socket: its server is not in the guest */
        return 0;
    }
}

int rootfs_archive_add(struct cpio *cpio, const struct bundle *bundle,
                       struct root_index_builder *index, struct error *error)
{
    _cleanup_(file_names_release) struct file_names names = {0};
    struct archiving archiving = {cpio, bundle, index, &names};

    return rootfs_walk(bundle, add, &archiving, error);
}
