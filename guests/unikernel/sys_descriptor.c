/* Calls on descriptors and open file descriptions themselves. */
#include "guests/unikernel/address_space.h"
#include "guests/unikernel/descriptor.h"
#include "guests/unikernel/lock.h"
#include "guests/unikernel/pipe.h"
#include "guests/unikernel/syscalls.h"

#include <asm/errno.h>
#include <linux/close_range.h>
#include <linux/fcntl.h>
#include <stddef.h>

int64_t sys_close(const struct registers *call)
{
    return descriptor_close((uint32_t)call->rdi);
}

int64_t sys_ioctl(const struct registers *call)
{
    struct description *file = descriptor_get((uint32_t)call->rdi);

    if (file == NULL || file->flags & O_PATH)
        return -EBADF;
    if (file->node->operations->ioctl == NULL)
        return -ENOTTY;
    return file->node->operations->ioctl(file, (uint32_t)call->rsi, call->rdx);
}

int64_t sys_dup(const struct registers *call)
{
    struct description *file = descriptor_get((uint32_t)call->rdi);

    if (file == NULL)
        return -EBADF;
    return descriptor_install(description_reference(file), 0, false);
}

int64_t sys_dup2(const struct registers *call)
{
    struct description *file = descriptor_get((uint32_t)call->rdi);
    uint64_t to = (uint32_t)call->rsi;

    if (to >= descriptor_limit() || file == NULL)
        return -EBADF;
    if (to == (uint32_t)call->rdi)
        return (int64_t)to;
    return descriptor_replace(to, description_reference(file), false);
}

int64_t sys_dup3(const struct registers *call)
{
    struct description *file = descriptor_get((uint32_t)call->rdi);
    uint64_t to = (uint32_t)call->rsi;

    if ((call->rdx & ~(uint64_t)O_CLOEXEC) != 0 || to == (uint32_t)call->rdi)
        return -EINVAL;
    if (to >= descriptor_limit() || file == NULL)
        return -EBADF;
    return descriptor_replace(to, description_reference(file),
                              (call->rdx & O_CLOEXEC) != 0);
}

int64_t sys_fcntl(const struct registers *call)
{
    struct description *file = descriptor_get((uint32_t)call->rdi);
    const uint32_t settable = O_APPEND | O_NONBLOCK | O_NOATIME | O_DIRECT;

    if (file == NULL)
        return -EBADF;
    switch ((uint32_t)call->rsi) {
    case F_DUPFD:
    case F_DUPFD_CLOEXEC:
        if ((uint32_t)call->rdx >= descriptor_limit())
            return -EINVAL;
        return descriptor_install(description_reference(file),
                                  (uint32_t)call->rdx,
                                  call->rsi == F_DUPFD_CLOEXEC);
    case F_GETFD:
        return descriptor_close_on_exec((uint32_t)call->rdi) ? FD_CLOEXEC : 0;
    case F_SETFD:
        descriptor_set_close_on_exec((uint32_t)call->rdi,
                                     (call->rdx & FD_CLOEXEC) != 0);
        return 0;
    case F_GETFL:
        return file->flags;
    case F_SETFL:
        if (file->flags & O_PATH)
            return -EBADF;
        file->flags =
            (file->flags & ~settable) | ((uint32_t)call->rdx & settable);
        return 0;
    case F_GETPIPE_SZ:
        return pipe_is(file) ? pipe_capacity(file) : -EBADF;
    case F_SETPIPE_SZ:
        return pipe_is(file) ? pipe_set_capacity(file, (uint32_t)call->rdx)
                             : -EBADF;
    case F_GETLK:
    case F_SETLK:
    case F_SETLKW:
    case F_OFD_GETLK:
    case F_OFD_SETLK:
    case F_OFD_SETLKW:
        return file->flags & O_PATH ? -EBADF
                                    : lock_fcntl(file, call->rsi, call->rdx);
    case F_GETOWN:
    case F_GETSIG:
        return 0;
    default:
        return -EINVAL;
    }
}

int64_t sys_close_range(const struct registers *call)
{
    const uint64_t first = (uint32_t)call->rdi, last = (uint32_t)call->rsi;
    const uint64_t flags = (uint32_t)call->rdx;
    const uint64_t known = CLOSE_RANGE_UNSHARE | CLOSE_RANGE_CLOEXEC;
    uint64_t at;

    if ((flags & ~known) != 0 || first > last)
        return -EINVAL;
    for (at = descriptor_next(first); at <= last;
         at = descriptor_next(at + 1)) {
        if (flags & CLOSE_RANGE_CLOEXEC)
            descriptor_set_close_on_exec(at, true);
        else
            descriptor_close(at);
    }
    return 0;
}
