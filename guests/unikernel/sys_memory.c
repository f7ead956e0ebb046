/* Memory system calls: arguments in, address_space.c does the work. */
#include "guests/unikernel/address_space.h"
#include "guests/unikernel/descriptor.h"
#include "guests/unikernel/file_mapping.h"
#include "guests/unikernel/layout.h"
#include "guests/unikernel/syscalls.h"

#include <asm/errno.h>
#include <linux/fcntl.h>
#include <linux/mman.h>
#include <stddef.h>

int64_t sys_brk(const struct registers *call)
{
    return (int64_t)address_space_brk(call->rdi);
}

int64_t sys_mmap(const struct registers *call)
{
    const struct mapping_request request = {call->rdi, call->rsi, call->rdx,
                                            call->r10, call->r9};
    struct description *file;

    if (request.offset % PAGE_SIZE != 0)
        return -EINVAL;
    if (request.flags & MAP_ANONYMOUS)
        return address_space_map(request.hint, request.length, request.prot,
                                 request.flags);
    file = descriptor_get((uint32_t)call->r8);
    if (file == NULL || file->flags & O_PATH)
        return -EBADF;
    return file_mapping_create(file, &request);
}

int64_t sys_msync(const struct registers *call)
{
    const uint64_t flags = (uint32_t)call->rdx;
    const uint64_t length = (call->rsi + PAGE_SIZE - 1) & -(uint64_t)PAGE_SIZE;

    if ((flags & ~(uint64_t)(MS_ASYNC | MS_INVALIDATE | MS_SYNC)) != 0 ||
        call->rdi % PAGE_SIZE != 0 ||
        (flags & (MS_ASYNC | MS_SYNC)) == (MS_ASYNC | MS_SYNC))
        return -EINVAL;
    if (call->rdi + length < call->rdi)
        return -ENOMEM;
    return address_space_covers(call->rdi, length) ? 0 : -ENOMEM;
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
