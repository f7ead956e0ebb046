/* Resource limits and what was used. Source: getrlimit(2), getrusage(2). */
#include "guests/unikernel/address_space.h"
#include "guests/unikernel/clock.h"
#include "guests/unikernel/credentials.h"
#include "guests/unikernel/descriptor.h"
#include "guests/unikernel/limits.h"
#include "guests/unikernel/process.h"
#include "guests/unikernel/scheduler.h"
#include "guests/unikernel/string.h"
#include "guests/unikernel/syscalls.h"

#include <asm/errno.h>
#include <linux/fs.h>
#include <linux/times.h>

enum { DESCRIPTORS_MOST = 1 << 20, NS_PER_SECOND = 1000000000 };

/* The bundle's, copied when the program first asks for one. */
static struct boot_rlimit limits[BOOT_INFO_RLIMITS];

_Static_assert(sizeof(limits) / sizeof(limits[0]) == RLIM_NLIMITS,
               "all limits");

/* The stack cannot grow: it has its place in the window from the start. */
static struct boot_rlimit *limit_of(uint32_t resource)
{
    const struct boot_info *boot = process_boot();
    static bool copied;

    if (!copied) {
        const uint64_t stack = boot->stack_end - boot->stack;

        memcpy(limits, boot->rlimits, sizeof(limits));
        if (limits[RLIMIT_STACK].soft > stack)
            limits[RLIMIT_STACK].soft = stack;
        copied = true;
    }
    return &limits[resource];
}

void limits_init(const struct boot_info *boot)
{
    if (boot->rlimits[RLIMIT_NOFILE].soft != descriptor_limit())
        descriptor_set_limit(boot->rlimits[RLIMIT_NOFILE].soft);
}

uint64_t limit_soft(unsigned int resource)
{
    return limit_of(resource)->soft;
}

uint64_t limit_hard(unsigned int resource)
{
    return limit_of(resource)->hard;
}

static int64_t set_limit(uint64_t resource, const struct boot_rlimit *wanted)
{
    struct boot_rlimit *limit;

    if (resource >= RLIM_NLIMITS || wanted->soft > wanted->hard)
        return -EINVAL;
    limit = limit_of(resource);
    if (resource == RLIMIT_NOFILE && wanted->hard > DESCRIPTORS_MOST)
        return -EPERM;
    if (wanted->hard > limit->hard && !credentials_capable(CAP_SYS_RESOURCE))
        return -EPERM;
    *limit = *wanted;
    if (resource == RLIMIT_NOFILE)
        descriptor_set_limit(wanted->soft);
    return 0;
}

int64_t sys_prlimit64(const struct registers *call)
{
    uint32_t resource = (uint32_t)call->rsi;
    struct boot_rlimit wanted, old;
    int64_t status = 0;

    if (call->rdx != 0 && user_copy_in(&wanted, call->rdx, sizeof(wanted)) < 0)
        return -EFAULT;
    if ((uint32_t)call->rdi != 0 && (uint32_t)call->rdi != PROCESS_ID)
        return -ESRCH;
    if (resource >= RLIM_NLIMITS)
        return -EINVAL;
    old = *limit_of(resource);
    if (call->rdx != 0)
        status = set_limit(resource, &wanted);
    if (status == 0 && call->r10 != 0)
        status = user_copy_out(call->r10, &old, sizeof(old));
    return status;
}

int64_t sys_getrlimit(const struct registers *call)
{
    uint32_t resource = (uint32_t)call->rdi;

    if (resource >= RLIM_NLIMITS)
        return -EINVAL;
    return user_copy_out(call->rsi, limit_of(resource), sizeof(limits[0]));
}

int64_t sys_setrlimit(const struct registers *call)
{
    struct boot_rlimit wanted;

    if (user_copy_in(&wanted, call->rsi, sizeof(wanted)) < 0)
        return -EFAULT;
    return set_limit((uint32_t)call->rdi, &wanted);
}

/* There are no children; the process is all that ran. */
int64_t sys_getrusage(const struct registers *call)
{
    int32_t who = (int32_t)call->rdi;
    struct rusage usage;

    if (who != RUSAGE_SELF && who != RUSAGE_CHILDREN && who != RUSAGE_THREAD)
        return -EINVAL;
    memset(&usage, 0, sizeof(usage));
    if (who != RUSAGE_CHILDREN) {
        uint64_t ns = who == RUSAGE_THREAD ? scheduler_thread_ns(thread_current)
                                           : clock_processor_ns();

        usage.ru_utime.tv_sec = (int64_t)(ns / NS_PER_SECOND);
        usage.ru_utime.tv_usec = (int64_t)(ns / 1000 % 1000000);
        usage.ru_maxrss = (int64_t)(address_space_used() / 1024);
    }
    return user_copy_out(call->rsi, &usage, sizeof(usage));
}

int64_t sys_times(const struct registers *call)
{
    const uint64_t tick = NS_PER_SECOND / CLOCK_TICKS;
    struct tms times = {
        .tms_utime = (int64_t)(clock_processor_ns() / tick),
    };

    if (call->rdi != 0 && user_copy_out(call->rdi, &times, sizeof(times)) < 0)
        return -EFAULT;
    return (int64_t)(clock_monotonic_ns() / tick);
}
