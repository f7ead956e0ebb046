/*
 * What a guest of one process has no part in: other processes, other
 * programs, networks. A program learns so by the errno that Linux gives where
 * it was built without the thing, and its arguments are checked first, as
 * there.
 */
#include "guests/unikernel/path.h"
#include "guests/unikernel/syscalls.h"

#include <asm/errno.h>
#include <linux/fcntl.h>
#include <linux/stat.h>
#include <linux/wait.h>

enum { EXECUTE = 1 };

#define WAIT_OPTIONS \
    (WNOHANG | WUNTRACED | WCONTINUED | __WNOTHREAD | __WALL | __WCLONE)
#define WAITID_OPTIONS                                                   \
    (WNOHANG | WNOWAIT | WEXITED | WSTOPPED | WCONTINUED | __WNOTHREAD | \
     __WALL | __WCLONE)

/* As Linux without an MMU answers: there is one address space. */
int64_t sys_fork(const struct registers *call)
{
    (void)call;
    return -ENOSYS;
}

/* What cannot be executed fails as anywhere, what could as without a fork. */
static int64_t execute(uint64_t directory, uint64_t address, uint32_t flags)
{
    struct path path;
    int64_t status = path_lookup(directory, address, flags, &path);

    if (status < 0)
        return status;
    if (node_is(path.node, S_IFLNK))
        status = -ELOOP;
    else if (!node_is(path.node, S_IFREG) ||
             node_permission(path.node, EXECUTE) < 0)
        status = -EACCES;
    else
        status = -ENOSYS;
    path_release(&path);
    return status;
}

int64_t sys_execve(const struct registers *call)
{
    return execute((uint64_t)AT_FDCWD, call->rdi, PATH_FOLLOW);
}

int64_t sys_execveat(const struct registers *call)
{
    const uint32_t flags = (uint32_t)call->r8;

    if ((flags & ~(uint32_t)(AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW)) != 0)
        return -EINVAL;
    return execute(call->rdi, call->rsi,
                   (flags & AT_SYMLINK_NOFOLLOW ? 0 : PATH_FOLLOW) |
                       (flags & AT_EMPTY_PATH ? PATH_EMPTY : 0));
}

/* No process has children here. */
int64_t sys_wait4(const struct registers *call)
{
    if (((uint32_t)call->rdx & ~(uint32_t)WAIT_OPTIONS) != 0)
        return -EINVAL;
    return (int32_t)call->rdi == INT32_MIN ? -ESRCH : -ECHILD;
}

int64_t sys_waitid(const struct registers *call)
{
    uint32_t options = (uint32_t)call->r10;

    if ((options & ~(uint32_t)WAITID_OPTIONS) != 0 ||
        (options & (WEXITED | WSTOPPED | WCONTINUED)) == 0)
        return -EINVAL;
    switch ((int32_t)call->rdi) {
    case P_ALL:
        return -ECHILD;
    case P_PID:
        return (int32_t)call->rsi <= 0 ? -EINVAL : -ECHILD;
    case P_PGID:
        return (int32_t)call->rsi < 0 ? -EINVAL : -ECHILD;
    case P_PIDFD:
        return (int32_t)call->rsi < 0 ? -EINVAL : -EBADF;
    default:
        return -EINVAL;
    }
}
