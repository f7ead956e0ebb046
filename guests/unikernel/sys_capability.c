/* The capability sets of the one process. Source: capget(2). */
#include "guests/unikernel/address_space.h"
#include "guests/unikernel/credentials.h"
#include "guests/unikernel/process.h"
#include "guests/unikernel/syscalls.h"

#include <asm/errno.h>

static bool is_subset(uint64_t part, uint64_t whole)
{
    return (part & ~whole) == 0;
}

/* How many words each set has in this version's structure; 0: not known. */
static uint64_t words_of(uint32_t version)
{
    if (version == _LINUX_CAPABILITY_VERSION_1)
        return _LINUX_CAPABILITY_U32S_1;
    if (version == _LINUX_CAPABILITY_VERSION_2 ||
        version == _LINUX_CAPABILITY_VERSION_3)
        return _LINUX_CAPABILITY_U32S_3;
    return 0;
}

/* Reads the header; an unknown version is answered with the one to use. */
static int64_t read_header(uint64_t address, struct __user_cap_header_struct *h)
{
    const uint32_t preferred = _LINUX_CAPABILITY_VERSION_3;

    if (user_copy_in(&h->version, address, sizeof(h->version)) < 0)
        return -EFAULT;
    if (words_of(h->version) == 0)
        return user_copy_out(address, &preferred, sizeof(preferred)) < 0
                   ? -EFAULT
                   : -EINVAL;
    return user_copy_in(h, address, sizeof(*h));
}

int64_t sys_capget(const struct registers *call)
{
    const struct credentials *set = &credentials;
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
    struct __user_cap_header_struct header;
    int64_t status = read_header(call->rdi, &header);

    if (status < 0 || call->rsi == 0)
        return status == -EINVAL && call->rsi == 0 ? 0 : status;
    if (header.pid < 0)
        return -EINVAL;
    if (header.pid != 0 && header.pid != PROCESS_ID)
        return -ESRCH;
    for (unsigned int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
        data[i].effective = (uint32_t)(set->effective >> 32 * i);
        data[i].permitted = (uint32_t)(set->permitted >> 32 * i);
        data[i].inheritable = (uint32_t)(set->inheritable >> 32 * i);
    }
    return user_copy_out(call->rsi, data,
                         words_of(header.version) * sizeof(data[0]));
}

/* Whether the program may give itself these sets. */
static bool may_set(const struct credentials *set, uint64_t effective,
                    uint64_t permitted, uint64_t inheritable)
{
    if (!credentials_capable(CAP_SETPCAP) &&
        !is_subset(inheritable, set->inheritable | set->permitted))
        return false;
    return is_subset(inheritable, set->inheritable | set->bounding) &&
           is_subset(permitted, set->permitted) &&
           is_subset(effective, permitted);
}

int64_t sys_capset(const struct registers *call)
{
    struct credentials *set = &credentials;
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {0};
    struct __user_cap_header_struct header;
    uint64_t effective, permitted, inheritable;
    int64_t status = read_header(call->rdi, &header);

    if (status < 0)
        return status;
    if (header.pid != 0 && header.pid != PROCESS_ID)
        return -EPERM;
    if (user_copy_in(data, call->rsi,
                     words_of(header.version) * sizeof(data[0])) < 0)
        return -EFAULT;
    effective = data[0].effective | (uint64_t)data[1].effective << 32;
    permitted = data[0].permitted | (uint64_t)data[1].permitted << 32;
    inheritable = data[0].inheritable | (uint64_t)data[1].inheritable << 32;
    effective &= CAPABILITIES_ALL;
    permitted &= CAPABILITIES_ALL;
    inheritable &= CAPABILITIES_ALL;
    if (!may_set(set, effective, permitted, inheritable))
        return -EPERM;
    set->effective = effective;
    set->permitted = permitted;
    set->inheritable = inheritable;
    set->ambient &= permitted & inheritable;
    return 0;
}
