/*
 * What a guest of one process has no part in: other processes, other
 * programs, networks. A program learns so by the errno that Linux gives where
 * it was built without the thing, and its arguments are checked first, as
 * there.
 */
#include "guests/unikernel/syscalls.h"

#include <asm/errno.h>
#include <linux/wait.h>

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
