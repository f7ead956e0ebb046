/*
 * User and group ids as one process has them. Who may change which id to what
 * is Linux's kernel/sys.c; see setuid(2), setresuid(2), setfsuid(2), and
 * credentials(7).
 */
#include "guests/unikernel/address_space.h"
#include "guests/unikernel/credentials.h"
#include "guests/unikernel/process.h"
#include "guests/unikernel/syscalls.h"

#include <asm/errno.h>

enum { LINUX_GROUPS_MAX = 65536 };

/* An id argument that leaves the id as it is. */
#define KEEP UINT32_MAX

int64_t sys_getuid(const struct registers *call)
{
    (void)call;
    return credentials.user.real;
}

int64_t sys_geteuid(const struct registers *call)
{
    (void)call;
    return credentials.user.effective;
}

int64_t sys_getgid(const struct registers *call)
{
    (void)call;
    return credentials.group.real;
}

int64_t sys_getegid(const struct registers *call)
{
    (void)call;
    return credentials.group.effective;
}

static int64_t copy_out_ids(const struct registers *call,
                            const struct identity *ids)
{
    if (user_copy_out(call->rdi, &ids->real, sizeof(ids->real)) < 0 ||
        user_copy_out(call->rsi, &ids->effective, sizeof(ids->real)) < 0 ||
        user_copy_out(call->rdx, &ids->saved, sizeof(ids->real)) < 0)
        return -EFAULT;
    return 0;
}

int64_t sys_getresuid(const struct registers *call)
{
    return copy_out_ids(call, &credentials.user);
}

int64_t sys_getresgid(const struct registers *call)
{
    return copy_out_ids(call, &credentials.group);
}

/* The three ways to set ids; each fills in ids or returns an error. */
static int64_t set_one(struct identity *ids, uint32_t id, bool capable)
{
    if (id == KEEP)
        return -EINVAL;
    if (capable)
        ids->real = ids->saved = id;
    else if (id != ids->real && id != ids->saved)
        return -EPERM;
    ids->effective = ids->filesystem = id;
    return 0;
}

static int64_t set_two(struct identity *ids, uint32_t real, uint32_t effective,
                       bool capable)
{
    const struct identity old = *ids;

    if (real != KEEP) {
        if (!capable && real != old.real && real != old.effective)
            return -EPERM;
        ids->real = real;
    }
    if (effective != KEEP) {
        if (!capable && effective != old.real && effective != old.effective &&
            effective != old.saved)
            return -EPERM;
        ids->effective = effective;
    }
    if (real != KEEP || (effective != KEEP && effective != old.real))
        ids->saved = ids->effective;
    ids->filesystem = ids->effective;
    return 0;
}

/* Whether an unprivileged process may take this id: any that it has. */
static bool may_take(const struct identity *ids, uint32_t id)
{
    return id == KEEP || id == ids->real || id == ids->effective ||
           id == ids->saved;
}

static int64_t set_three(struct identity *ids, const uint32_t id[3],
                         bool capable)
{
    const struct identity old = *ids;

    for (int i = 0; i < 3; i++) {
        if (!capable && !may_take(&old, id[i]))
            return -EPERM;
    }
    if (id[0] != KEEP)
        ids->real = id[0];
    if (id[1] != KEEP)
        ids->effective = id[1];
    if (id[2] != KEEP)
        ids->saved = id[2];
    ids->filesystem = ids->effective;
    return 0;
}

static int64_t commit_user(int64_t status, const struct identity *ids)
{
    const struct identity old = credentials.user;

    if (status < 0)
        return status;
    credentials.user = *ids;
    credentials_user_changed(&old);
    return 0;
}

static int64_t commit_group(int64_t status, const struct identity *ids)
{
    if (status == 0)
        credentials.group = *ids;
    return status;
}

int64_t sys_setuid(const struct registers *call)
{
    struct identity ids = credentials.user;

    return commit_user(
        set_one(&ids, (uint32_t)call->rdi, credentials_capable(CAP_SETUID)),
        &ids);
}

int64_t sys_setgid(const struct registers *call)
{
    struct identity ids = credentials.group;

    return commit_group(
        set_one(&ids, (uint32_t)call->rdi, credentials_capable(CAP_SETGID)),
        &ids);
}

int64_t sys_setreuid(const struct registers *call)
{
    struct identity ids = credentials.user;

    return commit_user(set_two(&ids, (uint32_t)call->rdi, (uint32_t)call->rsi,
                               credentials_capable(CAP_SETUID)),
                       &ids);
}

int64_t sys_setregid(const struct registers *call)
{
    struct identity ids = credentials.group;

    return commit_group(set_two(&ids, (uint32_t)call->rdi, (uint32_t)call->rsi,
                                credentials_capable(CAP_SETGID)),
                        &ids);
}

int64_t sys_setresuid(const struct registers *call)
{
    const uint32_t id[3] = {(uint32_t)call->rdi, (uint32_t)call->rsi,
                            (uint32_t)call->rdx};
    struct identity ids = credentials.user;

    return commit_user(set_three(&ids, id, credentials_capable(CAP_SETUID)),
                       &ids);
}

int64_t sys_setresgid(const struct registers *call)
{
    const uint32_t id[3] = {(uint32_t)call->rdi, (uint32_t)call->rsi,
                            (uint32_t)call->rdx};
    struct identity ids = credentials.group;

    return commit_group(set_three(&ids, id, credentials_capable(CAP_SETGID)),
                        &ids);
}

/* Returns the id that was, whether or not it could be changed. */
static uint32_t set_filesystem(struct identity *ids, uint32_t id, bool capable)
{
    uint32_t old = ids->filesystem;

    if (id != KEEP && (capable || may_take(ids, id)))
        ids->filesystem = id;
    return old;
}

int64_t sys_setfsuid(const struct registers *call)
{
    uint32_t old = set_filesystem(&credentials.user, (uint32_t)call->rdi,
                                  credentials_capable(CAP_SETUID));

    credentials_file_user_changed(old);
    return old;
}

int64_t sys_setfsgid(const struct registers *call)
{
    return set_filesystem(&credentials.group, (uint32_t)call->rdi,
                          credentials_capable(CAP_SETGID));
}

int64_t sys_getgroups(const struct registers *call)
{
    const struct credentials *set = &credentials;
    int32_t size = (int32_t)call->rdi;

    if (size < 0 || (size > 0 && (uint32_t)size < set->group_count))
        return -EINVAL;
    if (size > 0 && user_copy_out(call->rsi, set->groups,
                                  set->group_count * sizeof(uint32_t)) < 0)
        return -EFAULT;
    return set->group_count;
}

/* Linux takes 65536 groups; what is more than fits here is out of memory. */
int64_t sys_setgroups(const struct registers *call)
{
    uint32_t count = (uint32_t)call->rdi, groups[GROUPS_MAX];

    if (!credentials_capable(CAP_SETGID))
        return -EPERM;
    if (count > LINUX_GROUPS_MAX)
        return -EINVAL;
    if (count > GROUPS_MAX)
        return -ENOMEM;
    if (user_copy_in(groups, call->rsi, count * sizeof(groups[0])) < 0)
        return -EFAULT;
    for (uint32_t i = 0; i < count; i++) {
        if (groups[i] == KEEP)
            return -EINVAL;
    }
    credentials_set_groups(groups, count);
    return 0;
}

/* The one process leads its own group and session, as a container's does. */
static bool is_self(uint64_t process)
{
    return (uint32_t)process == 0 || (uint32_t)process == PROCESS_ID;
}

int64_t sys_getpgrp(const struct registers *call)
{
    (void)call;
    return PROCESS_ID;
}

int64_t sys_getpgid(const struct registers *call)
{
    return is_self(call->rdi) ? PROCESS_ID : -ESRCH;
}

int64_t sys_getsid(const struct registers *call)
{
    return is_self(call->rdi) ? PROCESS_ID : -ESRCH;
}

int64_t sys_setsid(const struct registers *call)
{
    (void)call;
    return -EPERM;
}

int64_t sys_setpgid(const struct registers *call)
{
    if ((int32_t)call->rsi < 0)
        return -EINVAL;
    return is_self(call->rdi) ? -EPERM : -ESRCH;
}
