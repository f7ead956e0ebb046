/*
 * The capability sets of the workload; see capabilities.h. capget and capset
 * are called directly: the sets are bit masks here as they are in the kernel.
 */
#include "container/capabilities.h"

#include <errno.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Past every capability that a mask of 64 bits can hold. */
enum { CAPABILITY_LIMIT = 64 };

static bool contains(uint64_t set, int capability)
{
    return (set >> capability & 1) != 0;
}

int capabilities_bound(const struct bundle_process *process,
                       struct error *error)
{
    uint64_t kept = process->capabilities[CAPABILITY_BOUNDING];

    for (int capability = 0; capability < CAPABILITY_LIMIT; capability++) {
        if (contains(kept, capability) ||
            prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) == 0)
            continue;
        if (errno == EINVAL) /* past the last one of this kernel */
            return 0;
        return error_errno(error, errno,
                           "cannot drop capability %d from the bounding set",
                           capability);
    }
    return 0;
}

static int raise_ambient(uint64_t set, struct error *error)
{
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0)
        return error_errno(error, errno, "cannot clear ambient capabilities");
    for (int capability = 0; capability < CAPABILITY_LIMIT; capability++) {
        if (contains(set, capability) &&
            prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0) < 0)
            return error_errno(error, errno,
                               "cannot raise the ambient capability %d",
                               capability);
    }
    return 0;
}

static void set_masks(struct __user_cap_data_struct data[2],
                      const uint64_t sets[CAPABILITY_SETS], uint64_t mine)
{
    uint64_t permitted = sets[CAPABILITY_PERMITTED] & mine;
    uint64_t effective = sets[CAPABILITY_EFFECTIVE] & permitted;
    uint64_t inheritable = sets[CAPABILITY_INHERITABLE] & mine;

    for (int i = 0; i < 2; i++) {
        data[i].permitted = (uint32_t)(permitted >> (32 * i));
        data[i].effective = (uint32_t)(effective >> (32 * i));
        data[i].inheritable = (uint32_t)(inheritable >> (32 * i));
    }
}

int capabilities_raise(struct error *error)
{
    struct __user_cap_header_struct header = {
        .version = _LINUX_CAPABILITY_VERSION_3,
    };
    struct __user_cap_data_struct data[2] = {{0}};

    if (syscall(SYS_capget, &header, data) < 0)
        return error_errno(error, errno, "cannot read capabilities");
    for (int i = 0; i < 2; i++)
        data[i].effective = data[i].permitted;
    if (syscall(SYS_capset, &header, data) < 0)
        return error_errno(error, errno, "cannot raise capabilities");
    return 0;
}

int capabilities_apply(const struct bundle_process *process,
                       struct error *error)
{
    struct __user_cap_header_struct header = {
        .version = _LINUX_CAPABILITY_VERSION_3,
    };
    struct __user_cap_data_struct data[2] = {{0}};
    const uint64_t *sets = process->capabilities;
    uint64_t mine;

    if (syscall(SYS_capget, &header, data) < 0)
        return error_errno(error, errno, "cannot read capabilities");
    mine = data[0].permitted | (uint64_t)data[1].permitted << 32;
    set_masks(data, sets, mine);
    if (syscall(SYS_capset, &header, data) < 0)
        return error_errno(error, errno, "cannot set capabilities");
    /* A capability can be ambient only if permitted and inheritable. */
    return raise_ambient(sets[CAPABILITY_AMBIENT] & mine &
                             sets[CAPABILITY_PERMITTED] &
                             sets[CAPABILITY_INHERITABLE],
                         error);
}
