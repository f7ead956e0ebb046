/* Mode, owner and rights: chmod(2), chown(2), access(2), umask(2). */
#include "guests/unikernel/credentials.h"
#include "guests/unikernel/descriptor.h"
#include "guests/unikernel/path.h"
#include "guests/unikernel/syscalls.h"
#include "guests/unikernel/working_directory.h"

#include <asm/errno.h>
#include <linux/fcntl.h>
#include <linux/securebits.h>
#include <linux/stat.h>
#include <stddef.h>

enum {
    WRITE = 2,
    RIGHTS = 7,
    PERMISSIONS = 07777,
    UNCHANGED = -1,
    LINK_FLAGS = AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH,
};

#define HERE ((uint64_t)AT_FDCWD)

struct change {
    uint32_t mode;
    uint32_t uid, gid; /* UNCHANGED */
};

typedef int64_t apply(struct node *node, const struct change *change);

/* What stands before any change of a node's attributes. */
static int64_t check_change(struct node *node)
{
    if (node_is_read_only(node))
        return -EROFS;
    return node->operations->change == NULL ? -EPERM
                                            : node->operations->change(node);
}

static int64_t change_mode(struct node *node, const struct change *change)
{
    int64_t status = check_change(node);

    if (status < 0)
        return status;
    if (!node_is_owner(node))
        return -EPERM;
    if (node_is(node, S_IFLNK))
        return -EOPNOTSUPP;
    node->mode = (node->mode & S_IFMT) | (change->mode & PERMISSIONS);
    if (!credentials_in_group(node->gid) && !credentials_capable(CAP_FSETID))
        node->mode &= ~(uint32_t)S_ISGID;
    node_touch_attributes(node);
    return 0;
}

static bool may_change_owner(const struct node *node,
                             const struct change *change)
{
    const uint32_t unchanged = (uint32_t)UNCHANGED;

    if (credentials_capable(CAP_CHOWN))
        return true;
    if (change->uid != unchanged &&
        (credentials.fsuid != node->uid || change->uid != node->uid))
        return false;
    return change->gid == unchanged ||
           (credentials.fsuid == node->uid &&
            (change->gid == node->gid || credentials_in_group(change->gid)));
}

static int64_t change_owner(struct node *node, const struct change *change)
{
    int64_t status = check_change(node);

    if (status < 0)
        return status;
    if (!may_change_owner(node, change))
        return -EPERM;
    if (change->uid != (uint32_t)UNCHANGED)
        node->uid = change->uid;
    if (change->gid != (uint32_t)UNCHANGED)
        node->gid = change->gid;
    /* Rights of another owner are not handed on. */
    if (!node_is(node, S_IFDIR)) {
        node->mode &= ~(uint32_t)S_ISUID;
        if (node->mode & S_IXGRP)
            node->mode &= ~(uint32_t)S_ISGID;
    }
    node_touch_attributes(node);
    return 0;
}

static int64_t apply_at(uint64_t descriptor, uint64_t address, uint64_t flags,
                        apply *change_it, const struct change *change)
{
    struct path path;
    uint32_t walk = 0;
    int64_t status;

    if ((flags & ~(uint64_t)LINK_FLAGS) != 0)
        return -EINVAL;
    if (!(flags & AT_SYMLINK_NOFOLLOW))
        walk |= PATH_FOLLOW;
    if (flags & AT_EMPTY_PATH)
        walk |= PATH_EMPTY;
    status = path_lookup(descriptor, address, walk, &path);
    if (status < 0)
        return status;
    status = change_it(path.node, change);
    path_release(&path);
    return status;
}

static int64_t apply_to(uint64_t descriptor, apply *change_it,
                        const struct change *change)
{
    struct description *file = descriptor_get((uint32_t)descriptor);

    if (file == NULL || file->flags & O_PATH)
        return -EBADF;
    return change_it(file->node, change);
}

int64_t sys_chmod(const struct registers *call)
{
    const struct change change = {.mode = (uint32_t)call->rsi};

    return apply_at(HERE, call->rdi, 0, change_mode, &change);
}

int64_t sys_fchmod(const struct registers *call)
{
    const struct change change = {.mode = (uint32_t)call->rsi};

    return apply_to(call->rdi, change_mode, &change);
}

int64_t sys_fchmodat(const struct registers *call)
{
    const struct change change = {.mode = (uint32_t)call->rdx};

    return apply_at(call->rdi, call->rsi, 0, change_mode, &change);
}

int64_t sys_fchmodat2(const struct registers *call)
{
    const struct change change = {.mode = (uint32_t)call->rdx};

    return apply_at(call->rdi, call->rsi, (uint32_t)call->r10, change_mode,
                    &change);
}

static int64_t chown_at(uint64_t descriptor, uint64_t address, uint64_t uid,
                        uint64_t gid, uint64_t flags)
{
    const struct change change = {0, (uint32_t)uid, (uint32_t)gid};

    return apply_at(descriptor, address, flags, change_owner, &change);
}

int64_t sys_chown(const struct registers *call)
{
    return chown_at(HERE, call->rdi, call->rsi, call->rdx, 0);
}

int64_t sys_lchown(const struct registers *call)
{
    return chown_at(HERE, call->rdi, call->rsi, call->rdx, AT_SYMLINK_NOFOLLOW);
}

int64_t sys_fchownat(const struct registers *call)
{
    return chown_at(call->rdi, call->rsi, call->rdx, call->r10,
                    (uint32_t)call->r8);
}

int64_t sys_fchown(const struct registers *call)
{
    const struct change change = {0, (uint32_t)call->rsi, (uint32_t)call->rdx};

    return apply_to(call->rdi, change_owner, &change);
}

/* access(2) asks for the real ids, with the capabilities that they have. */
static struct credentials as_real(void)
{
    const struct credentials saved = credentials;

    credentials.fsuid = credentials.uid;
    credentials.fsgid = credentials.gid;
    if (!(credentials.securebits & SECBIT_NO_SETUID_FIXUP))
        credentials.effective =
            credentials.uid == 0 ? credentials.permitted : 0;
    return saved;
}

static int64_t check_access(struct node *node, uint32_t rights)
{
    const bool is_special = !node_is(node, S_IFREG) &&
                            !node_is(node, S_IFDIR) && !node_is(node, S_IFLNK);

    if (rights & WRITE && node_is_read_only(node) && !is_special)
        return -EROFS;
    return node_permission(node, rights);
}

static int64_t access_at(uint64_t descriptor, uint64_t address, uint64_t rights,
                         uint64_t flags)
{
    const uint64_t known = LINK_FLAGS | AT_EACCESS;
    struct credentials saved = credentials;
    struct path path;
    uint32_t walk = 0;
    int64_t status;

    if ((uint32_t)rights & ~(uint32_t)RIGHTS || (flags & ~known) != 0)
        return -EINVAL;
    if (!(flags & AT_SYMLINK_NOFOLLOW))
        walk |= PATH_FOLLOW;
    if (flags & AT_EMPTY_PATH)
        walk |= PATH_EMPTY;
    if (!(flags & AT_EACCESS))
        saved = as_real();
    status = path_lookup(descriptor, address, walk, &path);
    if (status == 0) {
        status = rights == 0 ? 0 : check_access(path.node, (uint32_t)rights);
        path_release(&path);
    }
    credentials = saved;
    return status;
}

int64_t sys_access(const struct registers *call)
{
    return access_at(HERE, call->rdi, call->rsi, 0);
}

int64_t sys_faccessat(const struct registers *call)
{
    return access_at(call->rdi, call->rsi, call->rdx, 0);
}

int64_t sys_faccessat2(const struct registers *call)
{
    return access_at(call->rdi, call->rsi, call->rdx, (uint32_t)call->r10);
}

int64_t sys_umask(const struct registers *call)
{
    const uint32_t old = creation_mask();

    creation_mask_set((uint32_t)call->rdi & 0777);
    return old;
}
