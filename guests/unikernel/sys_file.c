/* Positions and sizes of files, and making them durable. */
#include "guests/unikernel/address_space.h"
#include "guests/unikernel/descriptor.h"
#include "guests/unikernel/limits.h"
#include "guests/unikernel/path.h"
#include "guests/unikernel/signal.h"
#include "guests/unikernel/syscalls.h"

#include <asm/errno.h>
#include <linux/fadvise.h>
#include <linux/falloc.h>
#include <linux/fcntl.h>
#include <linux/fs.h>
#include <linux/signal.h>
#include <linux/stat.h>
#include <stddef.h>

enum { WRITE = 2, EXECUTE = 1 };

/* The offset of SEEK_DATA or SEEK_HOLE; a node that cannot tell is all data. */
static int64_t seek_content(struct node *node, uint64_t offset, bool data)
{
    if (offset >= node->size)
        return -ENXIO;
    if (node->operations->seek != NULL)
        offset = node->operations->seek(node, offset, data);
    else if (!data)
        offset = node->size;
    return data && offset >= node->size ? -ENXIO : (int64_t)offset;
}

static int64_t seek(const struct description *file, int64_t offset,
                    uint64_t whence)
{
    struct node *node = file->node;
    int64_t base = 0;

    switch (whence) {
    case SEEK_SET:
        break;
    case SEEK_CUR:
        base = (int64_t)file->position;
        break;
    case SEEK_END:
        if (node_is(node, S_IFDIR))
            return -EINVAL;
        base = (int64_t)node->size;
        break;
    case SEEK_DATA:
    case SEEK_HOLE:
        if (node_is(node, S_IFDIR))
            return -EINVAL;
        return seek_content(node, (uint64_t)offset, whence == SEEK_DATA);
    default:
        return -EINVAL;
    }
    if (__builtin_add_overflow(base, offset, &base) || base < 0)
        return -EINVAL;
    return base;
}

int64_t sys_lseek(const struct registers *call)
{
    struct description *file = descriptor_get((uint32_t)call->rdi);
    int64_t position;

    if (file == NULL || file->flags & O_PATH)
        return -EBADF;
    if (file->node->operations->flags & NODE_STREAM)
        return -ESPIPE;
    position = seek(file, (int64_t)call->rsi, (uint32_t)call->rdx);
    if (position >= 0)
        file->position = (uint64_t)position;
    return position;
}

/* A file may not grow beyond RLIMIT_FSIZE: a signal, and -EFBIG. */
static int64_t check_growth(const struct node *node, uint64_t size)
{
    if (size <= node->size || size <= limit_soft(RLIMIT_FSIZE))
        return 0;
    signal_raise(SIGXFSZ);
    return -EFBIG;
}

static int64_t resize(struct node *node, uint64_t size)
{
    int64_t status = check_growth(node, size);

    return status < 0 ? status : node_truncate(node, size);
}

static int64_t truncate_path(struct node *node, uint64_t size)
{
    int64_t status;

    if (node_is(node, S_IFDIR))
        return -EISDIR;
    if (!node_is(node, S_IFREG))
        return -EINVAL;
    if (node_is_read_only(node))
        return -EROFS;
    status = node_permission(node, WRITE);
    return status < 0 ? status : resize(node, size);
}

int64_t sys_truncate(const struct registers *call)
{
    struct path path;
    int64_t status;

    if ((int64_t)call->rsi < 0)
        return -EINVAL;
    status = path_lookup((uint64_t)AT_FDCWD, call->rdi, PATH_FOLLOW, &path);
    if (status < 0)
        return status;
    status = truncate_path(path.node, call->rsi);
    path_release(&path);
    return status;
}

int64_t sys_ftruncate(const struct registers *call)
{
    struct description *file = descriptor_get((uint32_t)call->rdi);

    if ((int64_t)call->rsi < 0)
        return -EINVAL;
    if (file == NULL || file->flags & O_PATH)
        return -EBADF;
    if (!node_is(file->node, S_IFREG) || !description_writable(file))
        return -EINVAL;
    return resize(file->node, call->rsi);
}

int64_t sys_fallocate(const struct registers *call)
{
    struct description *file = descriptor_get((uint32_t)call->rdi);
    const uint64_t mode = (uint32_t)call->rsi;
    int64_t end;

    if (file == NULL || file->flags & O_PATH)
        return -EBADF;
    if ((int64_t)call->rdx < 0 || (int64_t)call->r10 <= 0)
        return -EINVAL;
    if ((mode & FALLOC_FL_PUNCH_HOLE) && !(mode & FALLOC_FL_KEEP_SIZE))
        return -EOPNOTSUPP;
    if (!description_writable(file))
        return -EBADF;
    if (node_is(file->node, S_IFIFO))
        return -ESPIPE;
    if (node_is(file->node, S_IFDIR))
        return -EISDIR;
    if (!node_is(file->node, S_IFREG))
        return -ENODEV;
    if (__builtin_add_overflow((int64_t)call->rdx, (int64_t)call->r10, &end))
        return -EFBIG;
    if (file->node->operations->allocate == NULL)
        return -EOPNOTSUPP;
    if (!(mode & FALLOC_FL_KEEP_SIZE) &&
        check_growth(file->node, (uint64_t)end) < 0)
        return -EFBIG;
    return node_allocate(file->node, mode, call->rdx, call->r10);
}

/* Memory is all there is: what was written is as durable as it can be. */
int64_t sys_fsync(const struct registers *call)
{
    struct description *file = descriptor_get((uint32_t)call->rdi);

    if (file == NULL || file->flags & O_PATH)
        return -EBADF;
    return node_is(file->node, S_IFREG) || node_is(file->node, S_IFDIR)
               ? 0
               : -EINVAL;
}

int64_t sys_syncfs(const struct registers *call)
{
    struct description *file = descriptor_get((uint32_t)call->rdi);

    return file == NULL || file->flags & O_PATH ? -EBADF : 0;
}

int64_t sys_sync_file_range(const struct registers *call)
{
    struct description *file = descriptor_get((uint32_t)call->rdi);
    const uint64_t flags = (uint32_t)call->r10;

    if (file == NULL || file->flags & O_PATH)
        return -EBADF;
    if ((int64_t)call->rsi < 0 || (int64_t)call->rdx < 0 || flags > 7)
        return -EINVAL;
    return file->node->operations->flags & NODE_STREAM ? -ESPIPE : 0;
}

int64_t sys_fadvise64(const struct registers *call)
{
    struct description *file = descriptor_get((uint32_t)call->rdi);

    if (file == NULL || file->flags & O_PATH)
        return -EBADF;
    if (node_is(file->node, S_IFIFO))
        return -ESPIPE;
    if ((int64_t)call->rdx < 0 || (uint32_t)call->r10 > POSIX_FADV_NOREUSE)
        return -EINVAL;
    return 0;
}

int64_t sys_readahead(const struct registers *call)
{
    struct description *file = descriptor_get((uint32_t)call->rdi);

    if (file == NULL || !description_readable(file))
        return -EBADF;
    return node_is(file->node, S_IFREG) ? 0 : -EINVAL;
}
