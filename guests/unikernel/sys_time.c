/* Clocks and sleeping. */
#include "guests/unikernel/address_space.h"
#include "guests/unikernel/clock.h"
#include "guests/unikernel/scheduler.h"
#include "guests/unikernel/syscalls.h"
#include "guests/unikernel/time.h"

#include <asm/errno.h>
#include <linux/time.h>
#include <stddef.h>

/*
 * Clocks of processor time by number: bits 0 and 1 say which kind (all count
 * the same here), bit 2 that it is a thread's, the rest is the complement of
 * its number; see clock_getcpuclockid(3).
 */
enum { CLOCK_OF_THREAD = 4, CLOCK_KIND = 3, CLOCK_ID_SHIFT = 3 };

static int64_t read_processor_clock(int32_t clock, uint64_t *ns)
{
    int32_t id = ~(clock >> CLOCK_ID_SHIFT);
    const struct thread *thread = thread_current;

    if ((clock & CLOCK_KIND) == CLOCK_KIND)
        return -EINVAL;
    if (!(clock & CLOCK_OF_THREAD)) {
        *ns = clock_processor_ns();
        return id == 0 || id == PROCESS_ID ? 0 : -EINVAL;
    }
    if (id != 0)
        thread = thread_find(id);
    if (thread == NULL)
        return -EINVAL;
    *ns = scheduler_thread_ns(thread);
    return 0;
}

int64_t clock_read(uint64_t clock, uint64_t *ns)
{
    if ((int32_t)clock < 0)
        return read_processor_clock((int32_t)clock, ns);
    switch ((uint32_t)clock) {
    case CLOCK_REALTIME:
    case CLOCK_REALTIME_COARSE:
    case CLOCK_TAI:
        *ns = clock_realtime_ns();
        return 0;
    case CLOCK_MONOTONIC:
    case CLOCK_MONOTONIC_RAW:
    case CLOCK_MONOTONIC_COARSE:
    case CLOCK_BOOTTIME:
        *ns = clock_monotonic_ns();
        return 0;
    case CLOCK_PROCESS_CPUTIME_ID:
        *ns = clock_processor_ns();
        return 0;
    case CLOCK_THREAD_CPUTIME_ID:
        *ns = scheduler_thread_ns(thread_current);
        return 0;
    default:
        return -EINVAL;
    }
}

int64_t time_from(const struct __kernel_timespec *time, uint64_t *ns)
{
    if (time->tv_sec < 0 || time->tv_nsec < 0 || time->tv_nsec >= NS_PER_SECOND)
        return -EINVAL;
    if (__builtin_mul_overflow((uint64_t)time->tv_sec, NS_PER_SECOND, ns) ||
        __builtin_add_overflow(*ns, (uint64_t)time->tv_nsec, ns))
        *ns = UINT64_MAX;
    return 0;
}

struct __kernel_timespec time_to(uint64_t ns)
{
    return (struct __kernel_timespec){
        .tv_sec = (int64_t)(ns / NS_PER_SECOND),
        .tv_nsec = (int64_t)(ns % NS_PER_SECOND),
    };
}

int64_t time_copy_in(uint64_t address, uint64_t *ns)
{
    struct __kernel_timespec time;
    int64_t status = user_copy_in(&time, address, sizeof(time));

    return status < 0 ? status : time_from(&time, ns);
}

int64_t time_copy_out(uint64_t address, uint64_t ns)
{
    const struct __kernel_timespec time = time_to(ns);

    return user_copy_out(address, &time, sizeof(time));
}

uint64_t clock_realtime_moment(uint64_t ns)
{
    uint64_t start = clock_realtime_ns() - clock_monotonic_ns();

    if (ns == UINT64_MAX)
        return ns;
    return ns > start ? ns - start : 0;
}

int64_t sys_clock_gettime(const struct registers *call)
{
    uint64_t ns;
    int64_t status = clock_read(call->rdi, &ns);

    return status < 0 ? status : time_copy_out(call->rsi, ns);
}

int64_t sys_clock_getres(const struct registers *call)
{
    uint64_t ns;
    int64_t status = clock_read(call->rdi, &ns);

    if (status < 0 || call->rsi == 0)
        return status;
    return time_copy_out(call->rsi, 1);
}

int64_t sys_gettimeofday(const struct registers *call)
{
    uint64_t ns = clock_realtime_ns();
    int64_t time[2] = {(int64_t)(ns / NS_PER_SECOND),
                       (int64_t)(ns % NS_PER_SECOND / 1000)};
    static const int32_t zone[2];
    int64_t status = 0;

    if (call->rdi != 0)
        status = user_copy_out(call->rdi, time, sizeof(time));
    if (status == 0 && call->rsi != 0)
        status = user_copy_out(call->rsi, zone, sizeof(zone));
    return status;
}

int64_t sys_time(const struct registers *call)
{
    int64_t seconds = (int64_t)(clock_realtime_ns() / NS_PER_SECOND);

    if (call->rdi != 0 && user_copy_out(call->rdi, &seconds, 8) < 0)
        return -EFAULT;
    return seconds;
}

/*
 * Sleeps to the deadline. Broken off, it tells the rest where that is wanted.
 */
static int64_t sleep_until(uint64_t deadline, uint64_t rest)
{
    int64_t status = thread_wait(NULL, deadline);
    uint64_t now;

    if (status == -ETIMEDOUT)
        return 0;
    if (status != -ERESTARTSYS)
        return status;
    now = clock_monotonic_ns();
    if (rest != 0 && time_copy_out(rest, deadline > now ? deadline - now : 0))
        return -EFAULT;
    return -EINTR;
}

/* The times of a sleep are read once: the program may reuse the memory. */
int64_t sys_nanosleep(const struct registers *call)
{
    uint64_t ns = 0;
    int64_t status = thread_restarted() ? 0 : time_copy_in(call->rdi, &ns);

    if (status < 0)
        return status;
    return sleep_until(thread_deadline(ns), call->rsi);
}

int64_t sys_clock_nanosleep(const struct registers *call)
{
    uint64_t now, ns = 0;
    int64_t status = clock_read(call->rdi, &now);
    bool absolute = call->rsi & TIMER_ABSTIME;

    if (status < 0)
        return status;
    if ((uint32_t)call->rdi == CLOCK_THREAD_CPUTIME_ID)
        return -EINVAL;
    if (!thread_restarted())
        status = time_copy_in(call->rdx, &ns);
    if (status < 0)
        return status;
    if (absolute && ns != UINT64_MAX)
        ns = ns > now ? ns - now : 0;
    return sleep_until(thread_deadline(ns), absolute ? 0 : call->r10);
}
