/* Memory system calls: arguments in, address_space.c does the work. */
#include "guests/unikernel/address_space.h"
#include "guests/unikernel/syscalls.h"

#include <asm/errno.h>
#include <linux/mman.h>

int64_t sys_brk(const struct registers *call)
{
    return (int64_t)address_space_brk(call->rdi);
}

int64_t sys_mmap(const struct registers *call)
{
    if (!(call->r10 & MAP_ANONYMOUS))
        return call->r8 <= 2 ? -ENODEV : -EBADF;
    return address_space_map(call->rdi, call->rsi, call->rdx, call->r10);
}

int64_t sys_munmap(const struct registers *call)
{
    return address_space_unmap(call->rdi, call->rsi);
}

int64_t sys_mprotect(const struct registers *call)
{
    return address_space_protect(call->rdi, call->rsi, call->rdx);
}

int64_t sys_mremap(const struct registers *call)
{
    return address_space_remap(call->rdi, call->rsi, call->rdx, call->r10);
}
