/*
 * The system as the program is told it is: names, totals, scheduling priority
 * and personality. Source: uname(2), sysinfo(2), getpriority(2),
 * personality(2).
 */
#include "guests/unikernel/address_space.h"
#include "guests/unikernel/clock.h"
#include "guests/unikernel/credentials.h"
#include "guests/unikernel/process.h"
#include "guests/unikernel/string.h"
#include "guests/unikernel/syscalls.h"

#include <asm/errno.h>
#include <linux/resource.h>
#include <linux/sysinfo.h>
#include <stdbool.h>
#include <stddef.h>

enum { NICE_LOWEST = 19, NICE_HIGHEST = -20, NS_PER_SECOND = 1000000000 };

/* The argument by which personality(2) is only asked. */
#define PERSONALITY_QUERY 0xffffffffu

static struct {
    struct new_utsname names;
    int32_t nice;
    uint32_t personality;
} system_state = {
    .names =
        {
            .sysname = "Linux",
            .release = "5.10.0-ringside",
            .version = "library OS",
            .machine = "x86_64",
            .domainname = "(none)",
        },
};

/* The bundle's host name is copied when it is first asked for. */
static struct new_utsname *names(void)
{
    static bool copied;

    if (!copied)
        memcpy(system_state.names.nodename, process_boot()->hostname,
               sizeof(process_boot()->hostname));
    copied = true;
    return &system_state.names;
}

_Static_assert(sizeof(((struct boot_info *)NULL)->hostname) ==
                   sizeof(system_state.names.nodename),
               "a name of the bundle fits");

const struct new_utsname *process_uname(void)
{
    return names();
}

uint32_t process_personality(void)
{
    return system_state.personality;
}

int32_t process_nice(void)
{
    return system_state.nice;
}

int64_t sys_uname(const struct registers *call)
{
    return user_copy_out(call->rdi, names(), sizeof(struct new_utsname));
}

static int64_t set_name(char name[__NEW_UTS_LEN + 1],
                        const struct registers *call)
{
    char wanted[__NEW_UTS_LEN + 1] = {0};

    if (!credentials_capable(CAP_SYS_ADMIN))
        return -EPERM;
    if ((int32_t)call->rsi < 0 || (int32_t)call->rsi > __NEW_UTS_LEN)
        return -EINVAL;
    if (user_copy_in(wanted, call->rdi, (uint32_t)call->rsi) < 0)
        return -EFAULT;
    memcpy(name, wanted, sizeof(wanted));
    return 0;
}

int64_t sys_sethostname(const struct registers *call)
{
    return set_name(names()->nodename, call);
}

int64_t sys_setdomainname(const struct registers *call)
{
    return set_name(names()->domainname, call);
}

int64_t sys_sysinfo(const struct registers *call)
{
    const uint64_t total = process_boot()->window_size;
    struct sysinfo information;

    memset(&information, 0, sizeof(information));
    information.uptime = (int64_t)(clock_monotonic_ns() / NS_PER_SECOND);
    information.totalram = total;
    information.freeram = total - address_space_used();
    information.procs = 1;
    information.mem_unit = 1;
    return user_copy_out(call->rdi, &information, sizeof(information));
}

int64_t sys_personality(const struct registers *call)
{
    uint32_t old = system_state.personality;

    if ((uint32_t)call->rdi != PERSONALITY_QUERY)
        system_state.personality = (uint32_t)call->rdi;
    return old;
}

/* Whether which and who, as of getpriority(2), are the one process. */
static int64_t check_who(uint64_t which, uint64_t who)
{
    switch ((uint32_t)which) {
    case PRIO_PROCESS:
    case PRIO_PGRP:
        return (uint32_t)who == 0 || (uint32_t)who == PROCESS_ID ? 0 : -ESRCH;
    case PRIO_USER:
        return (uint32_t)who == 0 || (uint32_t)who == credentials.user.real
                   ? 0
                   : -ESRCH;
    default:
        return -EINVAL;
    }
}

/* The kernel's answer is 20 - nice, which is never negative. */
int64_t sys_getpriority(const struct registers *call)
{
    int64_t status = check_who(call->rdi, call->rsi);

    return status < 0 ? status : NICE_LOWEST + 1 - system_state.nice;
}

int64_t sys_setpriority(const struct registers *call)
{
    int64_t status = check_who(call->rdi, call->rsi);
    int32_t nice = (int32_t)call->rdx;

    if (status < 0)
        return status;
    if (nice > NICE_LOWEST)
        nice = NICE_LOWEST;
    if (nice < NICE_HIGHEST)
        nice = NICE_HIGHEST;
    if (nice < system_state.nice && !credentials_capable(CAP_SYS_NICE))
        return -EACCES;
    system_state.nice = nice;
    return 0;
}
