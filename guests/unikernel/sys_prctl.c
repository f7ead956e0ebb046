/*
 * prctl(2): a table of its options. What concerns hardware or kernel parts
 * that are absent here is -EINVAL, as on a kernel built without them.
 */
#include "guests/unikernel/address_space.h"
#include "guests/unikernel/credentials.h"
#include "guests/unikernel/scheduler.h"
#include "guests/unikernel/syscalls.h"

#include <asm/errno.h>
#include <linux/prctl.h>
#include <linux/securebits.h>

enum { TIMER_SLACK_NS = 50000 };

#define SECUREBITS_ALL (SECURE_ALL_BITS | SECURE_ALL_LOCKS)

static struct {
    int32_t parent_death_signal;
    int32_t child_subreaper;
    uint64_t timer_slack_ns;
    bool not_dumpable, huge_pages_disabled;
} settings = {.timer_slack_ns = TIMER_SLACK_NS};

static bool any(const uint64_t *argument, unsigned int count)
{
    for (unsigned int i = 0; i < count; i++) {
        if (argument[i] != 0)
            return true;
    }
    return false;
}

static int64_t put_int(uint64_t address, int32_t value)
{
    return user_copy_out(address, &value, sizeof(value));
}

static int64_t read_bounding(const uint64_t argument[4])
{
    if (argument[0] > CAP_LAST_CAP)
        return -EINVAL;
    return (int64_t)(credentials.bounding >> argument[0] & 1);
}

static int64_t drop_bounding(const uint64_t argument[4])
{
    if (!credentials_capable(CAP_SETPCAP))
        return -EPERM;
    if (argument[0] > CAP_LAST_CAP)
        return -EINVAL;
    credentials.bounding &= ~(1ull << argument[0]);
    return 0;
}

static int64_t get_securebits(const uint64_t argument[4])
{
    (void)argument;
    return credentials.securebits;
}

/* A locked bit and its lock stay as they are. */
static int64_t set_securebits(const uint64_t argument[4])
{
    uint32_t locks = credentials.securebits & SECURE_ALL_LOCKS;
    uint64_t changed = argument[0] ^ credentials.securebits;

    if ((locks >> 1 & changed) != 0 || (locks & ~argument[0]) != 0 ||
        (argument[0] & ~(uint64_t)SECUREBITS_ALL) != 0 ||
        !credentials_capable(CAP_SETPCAP))
        return -EPERM;
    credentials.securebits = (uint32_t)argument[0];
    return 0;
}

static int64_t get_keep(const uint64_t argument[4])
{
    (void)argument;
    return (credentials.securebits >> SECURE_KEEP_CAPS) & 1;
}

static int64_t set_keep(const uint64_t argument[4])
{
    if (argument[0] > 1)
        return -EINVAL;
    if (credentials.securebits & 1u << SECURE_KEEP_CAPS_LOCKED)
        return -EPERM;
    credentials.securebits &= ~(1u << SECURE_KEEP_CAPS);
    credentials.securebits |= (uint32_t)argument[0] << SECURE_KEEP_CAPS;
    return 0;
}

static int64_t get_no_new_privileges(const uint64_t argument[4])
{
    if (any(argument, 4))
        return -EINVAL;
    return credentials.no_new_privileges;
}

static int64_t set_no_new_privileges(const uint64_t argument[4])
{
    if (argument[0] != 1 || any(argument + 1, 3))
        return -EINVAL;
    credentials.no_new_privileges = true;
    return 0;
}

static int64_t raise_ambient(uint64_t bit)
{
    struct credentials *set = &credentials;

    if ((set->permitted & set->inheritable & bit) == 0 ||
        (set->securebits & 1u << SECURE_NO_CAP_AMBIENT_RAISE) != 0)
        return -EPERM;
    set->ambient |= bit;
    return 0;
}

static int64_t control_ambient(const uint64_t argument[4])
{
    uint64_t bit;

    if (argument[0] == PR_CAP_AMBIENT_CLEAR_ALL) {
        if (any(argument + 1, 3))
            return -EINVAL;
        credentials.ambient = 0;
        return 0;
    }
    if (argument[1] > CAP_LAST_CAP || any(argument + 2, 2))
        return -EINVAL;
    bit = 1ull << argument[1];
    switch (argument[0]) {
    case PR_CAP_AMBIENT_IS_SET:
        return (credentials.ambient & bit) != 0;
    case PR_CAP_AMBIENT_RAISE:
        return raise_ambient(bit);
    case PR_CAP_AMBIENT_LOWER:
        credentials.ambient &= ~bit;
        return 0;
    default:
        return -EINVAL;
    }
}

static int64_t get_parent_death_signal(const uint64_t argument[4])
{
    return put_int(argument[0], settings.parent_death_signal);
}

static int64_t set_parent_death_signal(const uint64_t argument[4])
{
    if (argument[0] > SIGNALS)
        return -EINVAL;
    settings.parent_death_signal = (int32_t)argument[0];
    return 0;
}

static int64_t get_dumpable(const uint64_t argument[4])
{
    (void)argument;
    return !settings.not_dumpable;
}

static int64_t set_dumpable(const uint64_t argument[4])
{
    if (argument[0] > 1)
        return -EINVAL;
    settings.not_dumpable = argument[0] == 0;
    return 0;
}

static int64_t get_name(const uint64_t argument[4])
{
    return user_copy_out(argument[0], thread_name(thread_current),
                         COMMAND_NAME_SIZE);
}

static int64_t set_name(const uint64_t argument[4])
{
    char name[COMMAND_NAME_SIZE] = {0};

    if (user_copy_string(name, argument[0], sizeof(name)) == -EFAULT)
        return -EFAULT;
    name[sizeof(name) - 1] = '\0';
    thread_set_name(thread_current, name);
    return 0;
}

/* Only the plain way of accounting time is left in Linux. */
static int64_t get_timing(const uint64_t argument[4])
{
    (void)argument;
    return PR_TIMING_STATISTICAL;
}

static int64_t set_timing(const uint64_t argument[4])
{
    return argument[0] == PR_TIMING_STATISTICAL ? 0 : -EINVAL;
}

static int64_t get_tsc(const uint64_t argument[4])
{
    return put_int(argument[0], PR_TSC_ENABLE);
}

static int64_t get_seccomp(const uint64_t argument[4])
{
    (void)argument;
    return 0;
}

static int64_t get_timer_slack(const uint64_t argument[4])
{
    (void)argument;
    return (int64_t)settings.timer_slack_ns;
}

static int64_t set_timer_slack(const uint64_t argument[4])
{
    settings.timer_slack_ns =
        (int64_t)argument[0] <= 0 ? TIMER_SLACK_NS : argument[0];
    return 0;
}

static int64_t get_child_subreaper(const uint64_t argument[4])
{
    return put_int(argument[0], settings.child_subreaper);
}

static int64_t set_child_subreaper(const uint64_t argument[4])
{
    settings.child_subreaper = argument[0] != 0;
    return 0;
}

static int64_t get_huge_pages_disabled(const uint64_t argument[4])
{
    return any(argument, 4) ? -EINVAL : settings.huge_pages_disabled;
}

static int64_t set_huge_pages_disabled(const uint64_t argument[4])
{
    if (any(argument + 1, 3))
        return -EINVAL;
    settings.huge_pages_disabled = argument[0] != 0;
    return 0;
}

static const struct {
    uint64_t option;
    int64_t (*serve)(const uint64_t argument[4]);
} options[] = {
    {PR_SET_PDEATHSIG, set_parent_death_signal},
    {PR_GET_PDEATHSIG, get_parent_death_signal},
    {PR_GET_DUMPABLE, get_dumpable},
    {PR_SET_DUMPABLE, set_dumpable},
    {PR_GET_KEEPCAPS, get_keep},
    {PR_SET_KEEPCAPS, set_keep},
    {PR_GET_TIMING, get_timing},
    {PR_SET_TIMING, set_timing},
    {PR_SET_NAME, set_name},
    {PR_GET_NAME, get_name},
    {PR_GET_SECCOMP, get_seccomp},
    {PR_CAPBSET_READ, read_bounding},
    {PR_CAPBSET_DROP, drop_bounding},
    {PR_GET_TSC, get_tsc},
    {PR_GET_SECUREBITS, get_securebits},
    {PR_SET_SECUREBITS, set_securebits},
    {PR_SET_TIMERSLACK, set_timer_slack},
    {PR_GET_TIMERSLACK, get_timer_slack},
    {PR_SET_CHILD_SUBREAPER, set_child_subreaper},
    {PR_GET_CHILD_SUBREAPER, get_child_subreaper},
    {PR_SET_NO_NEW_PRIVS, set_no_new_privileges},
    {PR_GET_NO_NEW_PRIVS, get_no_new_privileges},
    {PR_SET_THP_DISABLE, set_huge_pages_disabled},
    {PR_GET_THP_DISABLE, get_huge_pages_disabled},
    {PR_CAP_AMBIENT, control_ambient},
};

int64_t sys_prctl(const struct registers *call)
{
    const uint64_t argument[4] = {call->rsi, call->rdx, call->r10, call->r8};

    for (uint64_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
        if (options[i].option == (uint32_t)call->rdi)
            return options[i].serve(argument);
    }
    return -EINVAL;
}
