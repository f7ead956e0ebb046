/*
 * Advice on memory, locking it, and memory barriers. Guest memory is never
 * swapped by the guest and seen by one processor, so most of it is done when
 * the arguments are checked, as Linux checks them.
 * Source: madvise(2), mincore(2), mlock(2), membarrier(2).
 */
#include "guests/unikernel/address_space.h"
#include "guests/unikernel/credentials.h"
#include "guests/unikernel/layout.h"
#include "guests/unikernel/limits.h"
#include "guests/unikernel/string.h"
#include "guests/unikernel/syscalls.h"

#include <asm/errno.h>
#include <linux/membarrier.h>
#include <linux/mman.h>

/* No program's address is at or above this one. */
#define ADDRESS_LIMIT (1ull << 47)

/* Page-aligned: from the page of start to the one that address + length ends.
 */
struct range {
    uint64_t start, length;
};

/*
 * A length that wraps when it is rounded up becomes 0, as in Linux; -EINVAL
 * where the end wraps.
 */
static int64_t make_range(uint64_t address, uint64_t length,
                          struct range *range)
{
    const uint64_t mask = PAGE_SIZE - 1;
    uint64_t offset = address & mask;

    range->start = address - offset;
    range->length = (length + offset + mask) & ~mask;
    return range->start + range->length < range->start ? -EINVAL : 0;
}

static int64_t advise_nothing(const struct range *range)
{
    return address_space_covers(range->start, range->length) ? 0 : -ENOMEM;
}

static int64_t advise_discard(const struct range *range)
{
    return address_space_discard(range->start, range->length);
}

/* Punches a hole into a mapped file; none is mapped by its own pages. */
static int64_t advise_remove(const struct range *range)
{
    return advise_nothing(range) < 0 ? -ENOMEM : -EINVAL;
}

/* All memory is there already; it must allow the access. */
static int64_t advise_populate_read(const struct range *range)
{
    if (advise_nothing(range) < 0)
        return -ENOMEM;
    return user_check_read(range->start, range->length) < 0 ? -EINVAL : 0;
}

static int64_t advise_populate_write(const struct range *range)
{
    if (advise_nothing(range) < 0)
        return -ENOMEM;
    return user_check_write(range->start, range->length) < 0 ? -EINVAL : 0;
}

static int64_t (*const advices[])(const struct range *range) = {
    [MADV_NORMAL] = advise_nothing,
    [MADV_RANDOM] = advise_nothing,
    [MADV_SEQUENTIAL] = advise_nothing,
    [MADV_WILLNEED] = advise_nothing,
    [MADV_DONTNEED] = advise_discard,
    [MADV_FREE] = advise_nothing,
    [MADV_REMOVE] = advise_remove,
    [MADV_DONTFORK] = advise_nothing,
    [MADV_DOFORK] = advise_nothing,
    [MADV_MERGEABLE] = advise_nothing,
    [MADV_UNMERGEABLE] = advise_nothing,
    [MADV_HUGEPAGE] = advise_nothing,
    [MADV_NOHUGEPAGE] = advise_nothing,
    [MADV_DONTDUMP] = advise_nothing,
    [MADV_DODUMP] = advise_nothing,
    [MADV_WIPEONFORK] = advise_nothing,
    [MADV_KEEPONFORK] = advise_nothing,
    [MADV_COLD] = advise_nothing,
    [MADV_PAGEOUT] = advise_nothing,
    [MADV_POPULATE_READ] = advise_populate_read,
    [MADV_POPULATE_WRITE] = advise_populate_write,
};

int64_t sys_madvise(const struct registers *call)
{
    uint32_t advice = (uint32_t)call->rdx;
    struct range range;

    if (advice >= sizeof(advices) / sizeof(advices[0]) ||
        advices[advice] == NULL || call->rdi % PAGE_SIZE != 0 ||
        make_range(call->rdi, call->rsi, &range) < 0 ||
        (range.length == 0 && call->rsi != 0))
        return -EINVAL;
    return range.length == 0 ? 0 : advices[advice](&range);
}

/* What is allocated is in memory: nothing is populated later or swapped. */
int64_t sys_mincore(const struct registers *call)
{
    uint8_t resident[256];
    struct range range;
    uint64_t pages;

    if (call->rdi % PAGE_SIZE != 0)
        return -EINVAL;
    if (call->rsi > ADDRESS_LIMIT ||
        make_range(call->rdi, call->rsi, &range) < 0 ||
        range.start + range.length > ADDRESS_LIMIT)
        return -ENOMEM;
    pages = range.length / PAGE_SIZE;
    if (call->rdx >= ADDRESS_LIMIT || pages > ADDRESS_LIMIT - call->rdx)
        return -EFAULT;
    if (pages > 0 && !address_space_covers(range.start, range.length))
        return -ENOMEM;
    memset(resident, 1, sizeof(resident));
    for (uint64_t done = 0; done < pages;) {
        uint64_t part = pages - done;

        if (part > sizeof(resident))
            part = sizeof(resident);
        if (user_copy_out(call->rdx + done, resident, part) < 0)
            return -EFAULT;
        done += part;
    }
    return 0;
}

static int64_t lock(uint64_t address, uint64_t length)
{
    uint64_t limit = limit_soft(RLIMIT_MEMLOCK);
    struct range range;

    if (limit == 0 && !credentials_capable(CAP_IPC_LOCK))
        return -EPERM;
    if (make_range(address, length, &range) < 0)
        return -EINVAL;
    if (range.length > limit && !credentials_capable(CAP_IPC_LOCK))
        return -ENOMEM;
    if (range.length == 0)
        return 0;
    if (!address_space_covers(range.start, range.length) ||
        user_check_read(range.start, range.length) < 0)
        return -ENOMEM;
    return 0;
}

int64_t sys_mlock(const struct registers *call)
{
    return lock(call->rdi, call->rsi);
}

int64_t sys_mlock2(const struct registers *call)
{
    if (((uint32_t)call->rdx & ~(uint32_t)MLOCK_ONFAULT) != 0)
        return -EINVAL;
    return lock(call->rdi, call->rsi);
}

int64_t sys_munlock(const struct registers *call)
{
    struct range range;

    if (make_range(call->rdi, call->rsi, &range) < 0)
        return -EINVAL;
    return range.length == 0 ? 0 : advise_nothing(&range);
}

int64_t sys_mlockall(const struct registers *call)
{
    const uint32_t flags = (uint32_t)call->rdi;
    const uint32_t known = MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT;

    if (flags == 0 || (flags & ~known) != 0 || flags == MCL_ONFAULT)
        return -EINVAL;
    if (credentials_capable(CAP_IPC_LOCK))
        return 0;
    if (limit_soft(RLIMIT_MEMLOCK) == 0)
        return -EPERM;
    return (flags & MCL_CURRENT) != 0 &&
                   address_space_used() > limit_soft(RLIMIT_MEMLOCK)
               ? -ENOMEM
               : 0;
}

int64_t sys_munlockall(const struct registers *call)
{
    (void)call;
    return 0;
}

#define BARRIER_REGISTRATIONS                    \
    (MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED |  \
     MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED | \
     MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE)

#define BARRIERS                                               \
    (MEMBARRIER_CMD_GLOBAL | MEMBARRIER_CMD_GLOBAL_EXPEDITED | \
     MEMBARRIER_CMD_PRIVATE_EXPEDITED |                        \
     MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE)

/* The private commands are for those that registered: the bit above theirs. */
int64_t sys_membarrier(const struct registers *call)
{
    static uint32_t registered;
    const uint32_t command = (uint32_t)call->rdi;
    const uint32_t private = MEMBARRIER_CMD_PRIVATE_EXPEDITED |
                             MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE;

    if ((uint32_t)call->rsi != 0)
        return -EINVAL;
    if (command == MEMBARRIER_CMD_QUERY)
        return BARRIERS | BARRIER_REGISTRATIONS;
    if ((command & (command - 1)) != 0)
        return -EINVAL;
    if ((command & BARRIER_REGISTRATIONS) != 0) {
        registered |= command;
        return 0;
    }
    if ((command & BARRIERS) == 0)
        return -EINVAL;
    return (command & private) != 0 && (registered & command << 1) == 0 ? -EPERM
                                                                        : 0;
}
