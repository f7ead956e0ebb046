/* Clocks and sleeping. */
#include "guests/unikernel/address_space.h"
#include "guests/unikernel/clock.h"
#include "guests/unikernel/syscalls.h"
#include "guests/unikernel/thread.h"

#include <asm/errno.h>
#include <linux/time.h>
#include <linux/time_types.h>
#include <stddef.h>

enum { NS_PER_SECOND = 1000000000 };

/* The clock's time in ns. The one thread's processor time is the process's. */
static int64_t read_clock(uint64_t clock, uint64_t *ns)
{
    switch (clock) {
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
    case CLOCK_THREAD_CPUTIME_ID:
        *ns = clock_processor_ns();
        return 0;
    default:
        return -EINVAL;
    }
}

static int64_t copy_out_time(uint64_t address, uint64_t ns)
{
    struct __kernel_timespec time = {
        .tv_sec = (int64_t)(ns / NS_PER_SECOND),
        .tv_nsec = (int64_t)(ns % NS_PER_SECOND),
    };

    return user_copy_out(address, &time, sizeof(time));
}

int64_t sys_clock_gettime(const struct registers *call)
{
    uint64_t ns;
    int64_t status = read_clock(call->rdi, &ns);

    return status < 0 ? status : copy_out_time(call->rsi, ns);
}

int64_t sys_clock_getres(const struct registers *call)
{
    uint64_t ns;
    int64_t status = read_clock(call->rdi, &ns);

    if (status < 0 || call->rsi == 0)
        return status;
    return copy_out_time(call->rsi, 1);
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

/* Reads a time of the program's in ns; what overflows means for ever. */
static int64_t copy_in_time(uint64_t address, uint64_t *ns)
{
    struct __kernel_timespec time;
    int64_t status = user_copy_in(&time, address, sizeof(time));

    if (status < 0)
        return status;
    if (time.tv_sec < 0 || time.tv_nsec < 0 || time.tv_nsec >= NS_PER_SECOND)
        return -EINVAL;
    if (__builtin_mul_overflow((uint64_t)time.tv_sec, NS_PER_SECOND, ns) ||
        __builtin_add_overflow(*ns, (uint64_t)time.tv_nsec, ns))
        *ns = UINT64_MAX;
    return 0;
}

static int64_t sleep_until(uint64_t deadline)
{
    int64_t status = thread_wait(NULL, deadline);

    return status == -ETIMEDOUT ? 0 : status;
}

int64_t sys_nanosleep(const struct registers *call)
{
    uint64_t ns;
    int64_t status = copy_in_time(call->rdi, &ns);

    return status < 0 ? status : sleep_until(thread_deadline(ns));
}

int64_t sys_clock_nanosleep(const struct registers *call)
{
    uint64_t now, ns;
    int64_t status = read_clock(call->rdi, &now);

    if (status == 0)
        status = copy_in_time(call->rdx, &ns);
    if (status < 0)
        return status;
    if (call->rsi & TIMER_ABSTIME)
        ns = ns > now ? ns - now : 0;
    return sleep_until(thread_deadline(ns));
}
