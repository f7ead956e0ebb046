/* Timeouts and signal masks of waiting calls; see poll_time.h. */
#include "guests/unikernel/poll_time.h"

#include "guests/unikernel/address_space.h"
#include "guests/unikernel/clock.h"
#include "guests/unikernel/signal.h"
#include "guests/unikernel/thread.h"

#include <asm/errno.h>

enum { NS_PER_SECOND = 1000000000, US_PER_SECOND = 1000000 };

uint64_t poll_deadline(uint64_t duration_ns)
{
    return duration_ns == 0 ? 0 : thread_deadline(duration_ns);
}

int64_t poll_time_read(struct poll_time *time, uint64_t address,
                       enum poll_time_format format)
{
    int64_t parts[2];
    uint64_t ns;

    *time = (struct poll_time){address, format, THREAD_FOREVER};
    if (address == 0)
        return 0;
    if (user_copy_in(parts, address, sizeof(parts)) < 0)
        return -EFAULT;
    if (format == POLL_TIMEVAL) { /* more than a second of them is allowed */
        if (__builtin_add_overflow(parts[0], parts[1] / US_PER_SECOND,
                                   &parts[0]))
            return -EINVAL;
        parts[1] = parts[1] % US_PER_SECOND * 1000;
    }
    if (parts[0] < 0 || parts[1] < 0 || parts[1] >= NS_PER_SECOND)
        return -EINVAL;
    if (__builtin_mul_overflow((uint64_t)parts[0], NS_PER_SECOND, &ns) ||
        __builtin_add_overflow(ns, (uint64_t)parts[1], &ns))
        ns = UINT64_MAX;
    time->deadline = poll_deadline(ns);
    return 0;
}

int64_t poll_mask_set(uint64_t address, uint64_t size)
{
    uint64_t mask;

    if (address == 0)
        return 0;
    if (size != sizeof(mask))
        return -EINVAL;
    if (user_copy_in(&mask, address, sizeof(mask)) < 0)
        return -EFAULT;
    signal_mask_during_call(mask);
    return 0;
}

int64_t poll_finish(const struct poll_time *time, int64_t result)
{
    uint64_t now, left;
    int64_t parts[2];

    if (result == THREAD_WAIT)
        return result;
    if (time->address == 0 || time->deadline == THREAD_FOREVER)
        return result;
    now = clock_monotonic_ns();
    left = time->deadline > now ? time->deadline - now : 0;
    parts[0] = (int64_t)(left / NS_PER_SECOND);
    parts[1] = (int64_t)(left % NS_PER_SECOND);
    if (time->format == POLL_TIMEVAL)
        parts[1] /= 1000;
    /* A timeout in read-only memory is no error. */
    user_copy_out(time->address, parts, sizeof(parts));
    return result;
}
