/*
 * open(2) and its relatives: flags, then the path, then permissions, in the
 * order in which Linux finds errors.
 */
#include "guests/unikernel/credentials.h"
#include "guests/unikernel/descriptor.h"
#include "guests/unikernel/heap.h"
#include "guests/unikernel/mount.h"
#include "guests/unikernel/path.h"
#include "guests/unikernel/ramfs.h"
#include "guests/unikernel/string.h"
#include "guests/unikernel/syscalls.h"
#include "guests/unikernel/working_directory.h"

#include <asm/errno.h>
#include <linux/fcntl.h>
#include <linux/stat.h>
#include <stddef.h>

enum {
    EXECUTE = 1,
    WRITE = 2,
    READ = 4,
    PERMISSIONS = 07777,
    PATH_FLAGS = O_DIRECTORY | O_NOFOLLOW | O_PATH | O_CLOEXEC,
    /* What is not kept in a description's flags. */
    ONCE_FLAGS = O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | O_CLOEXEC,
    TEMPORARY = O_TMPFILE & ~O_DIRECTORY,
};

struct request {
    uint32_t flags; /* O_... */
    uint32_t mode;  /* of a new file, the mask applied */
    bool created;
};

static uint32_t rights_wanted(uint32_t flags)
{
    static const uint32_t by_mode[] = {READ, WRITE, READ | WRITE, READ | WRITE};
    uint32_t rights = by_mode[flags & O_ACCMODE];

    return flags & O_TRUNC ? rights | WRITE : rights;
}

static int64_t check_flags(struct request *request)
{
    if (request->flags & O_PATH)
        request->flags &= PATH_FLAGS;
    if ((request->flags & (O_CREAT | O_DIRECTORY)) == (O_CREAT | O_DIRECTORY))
        return -EINVAL;
    if (!(request->flags & TEMPORARY))
        return 0;
    if (!(request->flags & O_DIRECTORY) ||
        !(rights_wanted(request->flags) & WRITE))
        return -EINVAL;
    return 0;
}

/* Makes the missing file that the path names. */
static int64_t create(struct path *path, struct request *request)
{
    struct node *directory = path->directory;
    int64_t status;

    if (node_is_read_only(directory))
        return -EROFS;
    status = node_permission(directory, WRITE | EXECUTE);
    if (status < 0)
        return status;
    if (directory->operations->create == NULL)
        return -EACCES;
    request->created = true;
    return directory->operations->create(
        directory, path_name(path), S_IFREG | request->mode, 0, &path->node);
}

/* O_TMPFILE: replaces the directory in the path by a file without a name. */
static int64_t create_temporary(struct path *path, struct request *request)
{
    struct node *directory = path->node, *file;
    int64_t status;

    if (!node_is(directory, S_IFDIR))
        return -ENOTDIR;
    if (node_is_read_only(directory))
        return -EROFS;
    status = node_permission(directory, WRITE | EXECUTE);
    if (status < 0)
        return status;
    if (directory->operations->create == NULL)
        return -EOPNOTSUPP;
    file = ramfs_create_file(directory->filesystem, request->mode);
    if (file == NULL)
        return -ENOSPC;
    file->links = 0;
    path_release(path);
    path->node = file;
    request->created = true;
    return 0;
}

static int64_t check_type(const struct node *node, uint32_t flags)
{
    if (flags & O_CREAT && node_is(node, S_IFDIR))
        return -EISDIR;
    if (flags & O_DIRECTORY && !node_is(node, S_IFDIR))
        return -ENOTDIR;
    if (node_is(node, S_IFLNK) && !(flags & O_PATH))
        return -ELOOP;
    if (!(flags & O_PATH) && rights_wanted(flags) & WRITE &&
        node_is(node, S_IFDIR))
        return -EISDIR;
    return 0;
}

static bool is_special(const struct node *node)
{
    return !node_is(node, S_IFREG) && !node_is(node, S_IFDIR) &&
           !node_is(node, S_IFLNK);
}

/* Whether what is there may be opened so. */
static int64_t check_open(struct node *node, uint32_t flags)
{
    int64_t status = check_type(node, flags);

    if (status < 0 || flags & O_PATH)
        return status;
    if (rights_wanted(flags) & WRITE && node_is_read_only(node) &&
        !is_special(node))
        return -EROFS;
    status = node_permission(node, rights_wanted(flags));
    if (status < 0)
        return status;
    if (flags & O_NOATIME && !node_is_owner(node))
        return -EPERM;
    /* A device node, FIFO or socket that is only a name. */
    if (is_special(node) && node->operations->read == NULL &&
        node->operations->write == NULL && node->operations->open == NULL)
        return -ENXIO;
    return 0;
}

/* Finds or makes the node that is to be opened. */
static int64_t find(struct path *path, struct request *request)
{
    int64_t status;

    if (path->node == NULL)
        return create(path, request);
    if ((request->flags & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL))
        return -EEXIST;
    if (request->flags & TEMPORARY)
        return create_temporary(path, request);
    status = check_open(path->node, request->flags);
    if (status == 0 && request->flags & O_TRUNC &&
        node_is(path->node, S_IFREG) &&
        path->node->operations->truncate != NULL)
        status = node_truncate(path->node, 0);
    return status;
}

/* Remembers by what name a file was opened, for /proc/self/fd. */
static bool keep_name(struct description *file, const struct path *path)
{
    if (path->directory == NULL || node_is(file->node, S_IFDIR))
        return true;
    file->name = heap_allocate(path->name_length + 1ul);
    if (file->name == NULL)
        return false;
    memcpy(file->name, path->name, path->name_length + 1ul);
    file->directory = node_reference(path->directory);
    return true;
}

static int64_t install(const struct path *path, const struct request *request)
{
    struct description *file =
        description_create(node_reference(path->node),
                           (request->flags & ~(uint32_t)ONCE_FLAGS) |
                               (request->flags & O_PATH ? 0 : O_LARGEFILE));
    int64_t status = 0;

    if (file == NULL)
        return -ENOMEM;
    if (!keep_name(file, path))
        status = -ENOMEM;
    else if (!(request->flags & O_PATH) && file->node->operations->open)
        status = file->node->operations->open(file);
    if (status < 0) {
        description_discard(file);
        return status;
    }
    return descriptor_install(file, 0, (request->flags & O_CLOEXEC) != 0);
}

static int64_t open_at(uint64_t descriptor, uint64_t address, uint64_t flags,
                       uint64_t mode)
{
    struct request request = {
        .flags = (uint32_t)flags,
        .mode = (uint32_t)mode & PERMISSIONS & ~creation_mask(),
    };
    struct path path;
    uint32_t walk = 0;
    int64_t status = check_flags(&request);

    if (status < 0)
        return status;
    if (request.flags & O_CREAT)
        walk |= PATH_MISSING | PATH_CREATE;
    if (!(request.flags & O_NOFOLLOW) &&
        (request.flags & (O_CREAT | O_EXCL)) != (O_CREAT | O_EXCL))
        walk |= PATH_FOLLOW;
    status = path_lookup(descriptor, address, walk, &path);
    if (status < 0)
        return status;
    status = descriptor_available();
    if (status == 0)
        status = find(&path, &request);
    if (status == 0)
        status = install(&path, &request);
    path_release(&path);
    return status;
}

int64_t sys_open(const struct registers *call)
{
    return open_at((uint64_t)AT_FDCWD, call->rdi, call->rsi, call->rdx);
}

int64_t sys_openat(const struct registers *call)
{
    return open_at(call->rdi, call->rsi, call->rdx, call->r10);
}

int64_t sys_creat(const struct registers *call)
{
    return open_at((uint64_t)AT_FDCWD, call->rdi, O_CREAT | O_WRONLY | O_TRUNC,
                   call->rsi);
}
