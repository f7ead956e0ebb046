/* What a program can ask of a file: stat(2), statx(2), statfs(2). */
#include "guests/unikernel/address_space.h"
#include "guests/unikernel/descriptor.h"
#include "guests/unikernel/layout.h"
#include "guests/unikernel/path.h"
#include "guests/unikernel/ramfs.h"
#include "guests/unikernel/string.h"
#include "guests/unikernel/syscalls.h"

#include <asm/errno.h>
#include <asm/stat.h>
#include <asm/statfs.h>
#include <linux/fcntl.h>
#include <linux/stat.h>
#include <stddef.h>

#define NS_PER_SECOND 1000000000ll

enum {
    MINOR_BITS = 0xff,
    STATX_SYNC = AT_STATX_FORCE_SYNC | AT_STATX_DONT_SYNC,
    STAT_FLAGS = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH,
};

/* Seconds and nanoseconds, the latter never negative. */
static void split_time(int64_t time, int64_t *seconds, uint32_t *ns)
{
    *seconds = time / NS_PER_SECOND - (time % NS_PER_SECOND < 0);
    *ns = (uint32_t)(time - *seconds * NS_PER_SECOND);
}

static void refresh(struct node *node)
{
    if (node->operations->refresh != NULL)
        node->operations->refresh(node);
}

static int64_t copy_out_stat(struct node *node, uint64_t address)
{
    struct stat status;
    uint32_t ns[3];
    int64_t seconds[3];

    refresh(node);
    split_time(node->accessed, &seconds[0], &ns[0]);
    split_time(node->modified, &seconds[1], &ns[1]);
    split_time(node->changed, &seconds[2], &ns[2]);
    memset(&status, 0, sizeof(status));
    status.st_dev = node->filesystem->device;
    status.st_ino = node->inode;
    status.st_nlink = node->links;
    status.st_mode = node->mode;
    status.st_uid = node->uid;
    status.st_gid = node->gid;
    status.st_rdev = node->device;
    status.st_size = (int64_t)node->size;
    status.st_blksize = PAGE_SIZE;
    status.st_blocks = (int64_t)ramfs_blocks(node);
    status.st_atime = (uint64_t)seconds[0];
    status.st_atime_nsec = ns[0];
    status.st_mtime = (uint64_t)seconds[1];
    status.st_mtime_nsec = ns[1];
    status.st_ctime = (uint64_t)seconds[2];
    status.st_ctime_nsec = ns[2];
    return user_copy_out(address, &status, sizeof(status));
}

static struct statx_timestamp timestamp(int64_t time)
{
    struct statx_timestamp stamp = {0};

    split_time(time, (int64_t *)&stamp.tv_sec, &stamp.tv_nsec);
    return stamp;
}

static uint32_t major_of(uint64_t device)
{
    return (uint32_t)(device >> 8 & 0xfff);
}

static uint32_t minor_of(uint64_t device)
{
    return (uint32_t)((device & MINOR_BITS) |
                      (device >> 12 & ~(uint64_t)MINOR_BITS));
}

static int64_t copy_out_statx(struct node *node, uint64_t address)
{
    struct statx status;

    refresh(node);
    memset(&status, 0, sizeof(status));
    status.stx_mask = STATX_BASIC_STATS;
    status.stx_blksize = PAGE_SIZE;
    status.stx_nlink = node->links;
    status.stx_uid = node->uid;
    status.stx_gid = node->gid;
    status.stx_mode = (uint16_t)node->mode;
    status.stx_ino = node->inode;
    status.stx_size = node->size;
    status.stx_blocks = ramfs_blocks(node);
    status.stx_atime = timestamp(node->accessed);
    status.stx_mtime = timestamp(node->modified);
    status.stx_ctime = timestamp(node->changed);
    status.stx_rdev_major = major_of(node->device);
    status.stx_rdev_minor = minor_of(node->device);
    status.stx_dev_major = major_of(node->filesystem->device);
    status.stx_dev_minor = minor_of(node->filesystem->device);
    return user_copy_out(address, &status, sizeof(status));
}

typedef int64_t copy_out(struct node *node, uint64_t address);

static int64_t stat_path(uint64_t descriptor, uint64_t name, uint64_t flags,
                         copy_out *copy, uint64_t buffer)
{
    struct path path;
    uint32_t walk = 0;
    int64_t status;

    if (!(flags & AT_SYMLINK_NOFOLLOW))
        walk |= PATH_FOLLOW;
    if (flags & AT_EMPTY_PATH)
        walk |= PATH_EMPTY;
    status = path_lookup(descriptor, name, walk, &path);
    if (status < 0)
        return status;
    status = copy(path.node, buffer);
    path_release(&path);
    return status;
}

int64_t sys_stat(const struct registers *call)
{
    return stat_path((uint64_t)AT_FDCWD, call->rdi, 0, copy_out_stat,
                     call->rsi);
}

int64_t sys_lstat(const struct registers *call)
{
    return stat_path((uint64_t)AT_FDCWD, call->rdi, AT_SYMLINK_NOFOLLOW,
                     copy_out_stat, call->rsi);
}

int64_t sys_fstat(const struct registers *call)
{
    struct description *file = descriptor_get((uint32_t)call->rdi);

    return file == NULL ? -EBADF : copy_out_stat(file->node, call->rsi);
}

/* Whether the path is "", so that the descriptor alone says what is meant. */
static bool is_empty(uint64_t address)
{
    char first;

    return user_copy_in(&first, address, 1) == 0 && first == '\0';
}

int64_t sys_newfstatat(const struct registers *call)
{
    if ((call->r10 & ~(uint64_t)STAT_FLAGS) != 0)
        return -EINVAL;
    /* What C libraries do for fstat; it needs no file system. */
    if (call->r10 & AT_EMPTY_PATH && (int32_t)call->rdi >= 0 &&
        is_empty(call->rsi)) {
        const struct registers by_descriptor = {.rdi = call->rdi,
                                                .rsi = call->rdx};

        return sys_fstat(&by_descriptor);
    }
    return stat_path(call->rdi, call->rsi, call->r10, copy_out_stat, call->rdx);
}

int64_t sys_statx(const struct registers *call)
{
    const uint64_t flags = (uint32_t)call->rdx;

    if (call->r10 & STATX__RESERVED || (flags & STATX_SYNC) == STATX_SYNC ||
        (flags & ~(uint64_t)(STAT_FLAGS | STATX_SYNC)) != 0)
        return -EINVAL;
    if (flags & AT_EMPTY_PATH && (int32_t)call->rdi >= 0 &&
        is_empty(call->rsi)) {
        struct description *file = descriptor_get((uint32_t)call->rdi);

        return file == NULL ? -EBADF : copy_out_statx(file->node, call->r8);
    }
    return stat_path(call->rdi, call->rsi, flags, copy_out_statx, call->r8);
}

static int64_t copy_out_statfs(struct node *node, uint64_t address)
{
    const struct filesystem *filesystem = node->filesystem;
    uint64_t blocks[2] = {0, 0}, inodes[2] = {0, 0};
    struct statfs status;

    if (filesystem->space != NULL)
        filesystem->space(blocks, inodes);
    memset(&status, 0, sizeof(status));
    status.f_type = (int64_t)filesystem->magic;
    status.f_bsize = status.f_frsize = PAGE_SIZE;
    status.f_blocks = (int64_t)blocks[0];
    status.f_bfree = status.f_bavail = (int64_t)blocks[1];
    status.f_files = (int64_t)inodes[0];
    status.f_ffree = (int64_t)inodes[1];
    status.f_fsid.val[0] = (int32_t)filesystem->device;
    status.f_namelen = NAME_LENGTH_MAX;
    /* Bit 5 says that the other flags are valid. */
    status.f_flags = (int64_t)(filesystem->mount_flags | 0x20);
    return user_copy_out(address, &status, sizeof(status));
}

int64_t sys_statfs(const struct registers *call)
{
    return stat_path((uint64_t)AT_FDCWD, call->rdi, 0, copy_out_statfs,
                     call->rsi);
}

int64_t sys_fstatfs(const struct registers *call)
{
    struct description *file = descriptor_get((uint32_t)call->rdi);

    return file == NULL ? -EBADF : copy_out_statfs(file->node, call->rsi);
}
