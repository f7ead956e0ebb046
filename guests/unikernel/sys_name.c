/* Making and removing names: mkdir(2), unlink(2), link(2), rename(2), ... */
#include "guests/unikernel/address_space.h"
#include "guests/unikernel/credentials.h"
#include "guests/unikernel/mount.h"
#include "guests/unikernel/path.h"
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
    DIRECTORY_MODE = 01777
};

#define HERE ((uint64_t)AT_FDCWD)

/*
 * Looks up a name that is to be made. Errors: those of path_lookup, -EEXIST,
 * -ENOENT for "file/", -EROFS; then there is nothing to release.
 */
static int64_t look_up_free(uint64_t descriptor, uint64_t address,
                            bool directory, struct path *path)
{
    int64_t status =
        path_lookup(descriptor, address, PATH_MISSING | PATH_NAME, path);

    if (status < 0)
        return status;
    if (path->node != NULL)
        status = -EEXIST;
    else if (path->slash && !directory)
        status = -ENOENT;
    else if (node_is_read_only(path->directory))
        status = -EROFS;
    if (status < 0)
        path_release(path);
    return status;
}

/* The same where the caller must be allowed to make it: also -EACCES. */
static int64_t look_up_new(uint64_t descriptor, uint64_t address,
                           bool directory, struct path *path)
{
    int64_t status = look_up_free(descriptor, address, directory, path);

    if (status < 0)
        return status;
    status = node_permission(path->directory, WRITE | EXECUTE);
    if (status < 0)
        path_release(path);
    return status;
}

/* Whether the child may be taken from the directory: may_delete of Linux. */
static int64_t check_removal(struct node *directory, const struct node *child)
{
    int64_t status = node_permission(directory, WRITE | EXECUTE);

    if (status < 0)
        return status;
    if (directory->mode & S_ISVTX && credentials.fsuid != directory->uid &&
        !node_is_owner(child))
        return -EPERM;
    return mount_covered(child) != NULL ? -EBUSY : 0;
}

static int64_t make_node(uint64_t descriptor, uint64_t address, uint32_t mode,
                         uint64_t device)
{
    struct path path;
    int64_t status = look_up_new(descriptor, address, S_ISDIR(mode), &path);

    if (status < 0)
        return status;
    status = -EPERM;
    if (path.directory->operations->create != NULL)
        status = path.directory->operations->create(
            path.directory, path_name(&path), mode & ~creation_mask(), device,
            &path.node);
    path_release(&path);
    return status;
}

int64_t sys_mkdir(const struct registers *call)
{
    return make_node(HERE, call->rdi, S_IFDIR | (call->rsi & DIRECTORY_MODE),
                     0);
}

int64_t sys_mkdirat(const struct registers *call)
{
    return make_node(call->rdi, call->rsi,
                     S_IFDIR | (call->rdx & DIRECTORY_MODE), 0);
}

static int64_t make_special(uint64_t descriptor, uint64_t address,
                            uint64_t mode, uint64_t device)
{
    const uint32_t permissions = mode & PERMISSIONS;

    switch (mode & S_IFMT) {
    case 0:
    case S_IFREG:
        return make_node(descriptor, address, S_IFREG | permissions, 0);
    case S_IFIFO:
    case S_IFSOCK:
        return make_node(descriptor, address, mode & 0xffff, 0);
    case S_IFCHR:
    case S_IFBLK:
        if (!credentials_capable(CAP_MKNOD))
            return -EPERM;
        return make_node(descriptor, address, mode & 0xffff, (uint32_t)device);
    default:
        return (mode & S_IFMT) == S_IFDIR ? -EPERM : -EINVAL;
    }
}

int64_t sys_mknod(const struct registers *call)
{
    return make_special(HERE, call->rdi, call->rsi, call->rdx);
}

int64_t sys_mknodat(const struct registers *call)
{
    return make_special(call->rdi, call->rsi, call->rdx, call->r10);
}

static int64_t make_symlink(uint64_t target, uint64_t descriptor,
                            uint64_t address)
{
    static char text[PATH_LENGTH_MAX];
    int64_t status = user_copy_string(text, target, sizeof(text));
    struct path path;

    if (status == 0)
        return -ENOENT;
    if (status < 0)
        return status;
    status = look_up_new(descriptor, address, false, &path);
    if (status < 0)
        return status;
    status = -EPERM;
    if (path.directory->operations->symlink != NULL)
        status = path.directory->operations->symlink(
            path.directory, path_name(&path), text, &path.node);
    path_release(&path);
    return status;
}

int64_t sys_symlink(const struct registers *call)
{
    return make_symlink(call->rdi, HERE, call->rsi);
}

int64_t sys_symlinkat(const struct registers *call)
{
    return make_symlink(call->rdi, call->rsi, call->rdx);
}

/*
 * Whether the caller may make a link to the node: protected_hardlinks of
 * proc_sys_fs(5), as distributions set it.
 */
static bool may_link(struct node *node)
{
    const uint32_t rights = S_ISGID | S_IXGRP;

    if (node_is_owner(node))
        return true;
    return node_is(node, S_IFREG) && !(node->mode & S_ISUID) &&
           (node->mode & rights) != rights &&
           node_permission(node, READ | WRITE) == 0;
}

static int64_t enter_link(struct path *from, struct path *to)
{
    int64_t status;

    if (from->node->filesystem != to->directory->filesystem)
        return -EXDEV;
    if (!may_link(from->node))
        return -EPERM;
    status = node_permission(to->directory, WRITE | EXECUTE);
    if (status < 0)
        return status;
    if (node_is(from->node, S_IFDIR) || to->directory->operations->link == NULL)
        return -EPERM;
    return to->directory->operations->link(to->directory, path_name(to),
                                           from->node);
}

static int64_t make_link(uint64_t from_descriptor, uint64_t from,
                         uint64_t to_descriptor, uint64_t to, uint64_t flags)
{
    struct path old, new;
    uint32_t walk = 0;
    int64_t status;

    if ((flags & ~(uint64_t)(AT_SYMLINK_FOLLOW | AT_EMPTY_PATH)) != 0)
        return -EINVAL;
    if (flags & AT_EMPTY_PATH && !credentials_capable(CAP_DAC_READ_SEARCH))
        return -ENOENT;
    if (flags & AT_SYMLINK_FOLLOW)
        walk |= PATH_FOLLOW;
    if (flags & AT_EMPTY_PATH)
        walk |= PATH_EMPTY;
    status = path_lookup(from_descriptor, from, walk, &old);
    if (status < 0)
        return status;
    status = look_up_free(to_descriptor, to, false, &new);
    if (status == 0) {
        status = enter_link(&old, &new);
        path_release(&new);
    }
    path_release(&old);
    return status;
}

int64_t sys_link(const struct registers *call)
{
    return make_link(HERE, call->rdi, HERE, call->rsi, 0);
}

int64_t sys_linkat(const struct registers *call)
{
    return make_link(call->rdi, call->rsi, call->rdx, call->r10, call->r8);
}

/* What unlink or rmdir finds wrong with the path, in Linux's order. */
static int64_t check_unlink(const struct path *path, bool directory)
{
    static const int64_t not_a_name[] = {
        [PATH_IS_ROOT] = -EBUSY,
        [PATH_IS_DOT] = -EINVAL,
        [PATH_IS_DOT_DOT] = -ENOTEMPTY,
    };

    if (path->last != PATH_IS_NAME)
        return directory ? not_a_name[path->last] : -EISDIR;
    if (node_is_read_only(path->directory))
        return -EROFS;
    if (path->node == NULL)
        return -ENOENT;
    if (path->slash && !directory)
        return node_is(path->node, S_IFDIR) ? -EISDIR : -ENOTDIR;
    return 0;
}

static int64_t unlink(uint64_t descriptor, uint64_t address, bool directory)
{
    struct path path;
    int64_t status =
        path_lookup(descriptor, address, PATH_MISSING | PATH_NAME, &path);

    if (status < 0)
        return status;
    status = check_unlink(&path, directory);
    if (status == 0)
        status = check_removal(path.directory, path.node);
    if (status == 0 && node_is(path.node, S_IFDIR) != directory)
        status = directory ? -ENOTDIR : -EISDIR;
    if (status == 0 && path.directory->operations->remove == NULL)
        status = -EPERM;
    if (status == 0)
        status = path.directory->operations->remove(
            path.directory, path_name(&path), path.node);
    path_release(&path);
    return status;
}

int64_t sys_unlink(const struct registers *call)
{
    return unlink(HERE, call->rdi, false);
}

int64_t sys_rmdir(const struct registers *call)
{
    return unlink(HERE, call->rdi, true);
}

int64_t sys_unlinkat(const struct registers *call)
{
    if ((call->rdx & ~(uint64_t)AT_REMOVEDIR) != 0)
        return -EINVAL;
    return unlink(call->rdi, call->rsi, (call->rdx & AT_REMOVEDIR) != 0);
}
