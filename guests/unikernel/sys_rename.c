/* rename(2), renameat2(2): one name becomes another, or two change places. */
#include "guests/unikernel/credentials.h"
#include "guests/unikernel/mount.h"
#include "guests/unikernel/path.h"
#include "guests/unikernel/syscalls.h"

#include <asm/errno.h>
#include <linux/fcntl.h>
#include <linux/fs.h>
#include <linux/stat.h>
#include <stddef.h>

enum { EXECUTE = 1, WRITE = 2 };

/* Whether the node is the directory or above it. */
static bool is_above(const struct node *node, const struct node *directory)
{
    while (directory != node && directory->parent != directory)
        directory = directory->parent;
    return directory == node;
}

/* Errors of the two paths, in the order of Linux's do_renameat2. */
static int64_t check_paths(const struct path *old, const struct path *new,
                           uint64_t flags)
{
    const bool exchange = (flags & RENAME_EXCHANGE) != 0;

    if (old->last != PATH_IS_NAME)
        return -EBUSY;
    if (new->last != PATH_IS_NAME)
        return flags & RENAME_NOREPLACE ? -EEXIST : -EBUSY;
    if (old->directory->filesystem != new->directory->filesystem)
        return -EXDEV;
    if (node_is_read_only(old->directory))
        return -EROFS;
    if (old->node == NULL)
        return -ENOENT;
    if (new->node != NULL && flags &RENAME_NOREPLACE)
        return -EEXIST;
    if (new->node == NULL && exchange)
        return -ENOENT;
    if (!node_is(old->node, S_IFDIR) &&
        (old->slash || (new->slash && !exchange)))
        return -ENOTDIR;
    if (exchange && new->slash && !node_is(new->node, S_IFDIR))
        return -ENOTDIR;
    if (is_above(old->node, new->directory))
        return -EINVAL;
    if (new->node != NULL && is_above(new->node, old->directory))
        return exchange ? -EINVAL : -ENOTEMPTY;
    return 0;
}

/* Whether the path's node may leave its directory: may_delete of Linux. */
static int64_t check_leaving(const struct path *path)
{
    int64_t status = node_permission(path->directory, WRITE | EXECUTE);

    if (status < 0)
        return status;
    if (path->directory->mode & S_ISVTX &&
        credentials.fsuid != path->directory->uid && !node_is_owner(path->node))
        return -EPERM;
    return mount_covered(path->node) != NULL ? -EBUSY : 0;
}

/* A directory with another parent has its ".." changed. */
static int64_t check_move(struct node *node, const struct path *from,
                          const struct path *to)
{
    if (!node_is(node, S_IFDIR) || from->directory == to->directory)
        return 0;
    return node_permission(node, WRITE);
}

static int64_t check_nodes(const struct path *old, const struct path *new,
                           bool exchange)
{
    int64_t status = check_leaving(old);

    if (status < 0)
        return status;
    if (new->node == NULL) {
        status = node_permission(new->directory, WRITE | EXECUTE);
    } else {
        status = check_leaving(new);
        if (status == 0 && !exchange &&
            node_is(old->node, S_IFDIR) != node_is(new->node, S_IFDIR))
            status = node_is(old->node, S_IFDIR) ? -ENOTDIR : -EISDIR;
    }
    if (status == 0)
        status = check_move(old->node, old, new);
    if (status == 0 && exchange)
        status = check_move(new->node, new, old);
    return status;
}

static int64_t rename_paths(const struct path *old, const struct path *new,
                            uint64_t flags)
{
    const bool exchange = (flags & RENAME_EXCHANGE) != 0;
    int64_t status = check_paths(old, new, flags);

    if (status < 0 || old->node == new->node)
        return status;
    status = check_nodes(old, new, exchange);
    if (status < 0)
        return status;
    if (old->directory->operations->rename == NULL)
        return -EPERM;
    return old->directory->operations->rename(old->directory, path_name(old),
                                              new->directory, path_name(new),
                                              exchange);
}

static int64_t rename_at(uint64_t old_descriptor, uint64_t old_address,
                         uint64_t new_descriptor, uint64_t new_address,
                         uint64_t flags)
{
    const uint64_t known = RENAME_NOREPLACE | RENAME_EXCHANGE;
    struct path old, new;
    int64_t status;

    if ((flags & ~known) != 0 || flags == known)
        return -EINVAL;
    status = path_lookup(old_descriptor, old_address, PATH_MISSING | PATH_NAME,
                         &old);
    if (status < 0)
        return status;
    status = path_lookup(new_descriptor, new_address, PATH_MISSING | PATH_NAME,
                         &new);
    if (status == 0) {
        status = rename_paths(&old, &new, flags);
        path_release(&new);
    }
    path_release(&old);
    return status;
}

int64_t sys_rename(const struct registers *call)
{
    return rename_at((uint64_t)AT_FDCWD, call->rdi, (uint64_t)AT_FDCWD,
                     call->rsi, 0);
}

int64_t sys_renameat(const struct registers *call)
{
    return rename_at(call->rdi, call->rsi, call->rdx, call->r10, 0);
}

int64_t sys_renameat2(const struct registers *call)
{
    return rename_at(call->rdi, call->rsi, call->rdx, call->r10,
                     (uint32_t)call->r8);
}
