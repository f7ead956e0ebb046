/*
 * poll(2) and select(2) with their relatives. Each looks at its files, and
 * where none is ready waits for a change and looks again from the start.
 */
#include "guests/unikernel/address_space.h"
#include "guests/unikernel/clock.h"
#include "guests/unikernel/descriptor.h"
#include "guests/unikernel/limits.h"
#include "guests/unikernel/poll.h"
#include "guests/unikernel/poll_time.h"
#include "guests/unikernel/syscalls.h"
#include "guests/unikernel/thread.h"

#include <asm/errno.h>
#include <linux/poll.h>
#include <stddef.h>

/* Events of one entry; negative descriptors are passed over. */
static uint32_t look(const struct pollfd *entry, struct poll_wait *wait)
{
    struct description *file;

    if (entry->fd < 0)
        return 0;
    file = descriptor_get((uint32_t)entry->fd);
    if (file == NULL)
        return POLLNVAL;
    return poll_events(file, (uint16_t)entry->events, wait);
}

/* Looks at all entries; returns how many are ready, or -EFAULT. */
static int64_t look_at_all(uint64_t entries, uint64_t count,
                           struct poll_wait *wait)
{
    int64_t ready = 0;

    for (uint64_t i = 0; i < count; i++) {
        uint64_t at = entries + i * sizeof(struct pollfd);
        struct pollfd entry;

        if (user_copy_in(&entry, at, sizeof(entry)) < 0)
            return -EFAULT;
        entry.revents = (int16_t)look(&entry, wait);
        ready += entry.revents != 0;
        if (user_copy_out(at + offsetof(struct pollfd, revents), &entry.revents,
                          sizeof(entry.revents)) < 0)
            return -EFAULT;
    }
    return ready;
}

/* The program's structures must be readable before anything is waited for. */
static int64_t poll_until(uint64_t entries, uint64_t count, uint64_t deadline)
{
    bool again = true;
    int64_t status = 0;

    if (count > limit_soft(RLIMIT_NOFILE))
        return -EINVAL;
    if (user_check_read(entries, count * sizeof(struct pollfd)) < 0)
        return -EFAULT;
    while (again) {
        struct poll_wait wait = {.deadline = THREAD_FOREVER};
        int64_t ready = look_at_all(entries, count, &wait);

        if (ready != 0)
            return ready;
        status = poll_wait(&wait, deadline, &again);
    }
    return status;
}

int64_t sys_poll(const struct registers *call)
{
    int32_t timeout = (int32_t)call->rdx;
    uint64_t deadline =
        timeout < 0 ? THREAD_FOREVER
                    : poll_deadline((uint64_t)timeout * NS_PER_MILLISECOND);

    return poll_until(call->rdi, (uint32_t)call->rsi, deadline);
}

int64_t sys_ppoll(const struct registers *call)
{
    struct poll_time time;
    int64_t status = poll_time_read(&time, call->rdx, POLL_TIMESPEC);

    if (status == 0)
        status = poll_mask_set(call->r10, call->r8);
    if (status < 0)
        return status;
    status = poll_until(call->rdi, (uint32_t)call->rsi, time.deadline);
    return poll_finish(&time, status);
}
