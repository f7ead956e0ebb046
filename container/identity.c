/* Who the workload is; see identity.h. Source: credentials(7). */
#include "container/identity.h"

#include "container/capabilities.h"
#include "container/scheduling.h"

#include <errno.h>
#include <grp.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

static int set_ids(uid_t uid, gid_t gid, struct error *error)
{
    if (setresgid(gid, gid, gid) < 0)
        return error_errno(error, errno, "process.user.gid: cannot become %u",
                           gid);
    if (setresuid(uid, uid, uid) < 0)
        return error_errno(error, errno, "process.user.uid: cannot become %u",
                           uid);
    return 0;
}

int identity_become_root(struct error *error)
{
    /* Denied where the caller maps its own group alone; it keeps its groups
     * then, which nothing inside can name. */
    (void)setgroups(0, NULL);
    return set_ids(0, 0, error);
}

static int set_limits(const struct bundle_process *process, struct error *error)
{
    for (size_t i = 0; i < process->rlimit_count; i++) {
        const struct bundle_rlimit *rlimit = &process->rlimits[i];

        if (setrlimit(rlimit->resource, &rlimit->limit) < 0)
            return error_errno(error, errno,
                               "process.rlimits[%zu]: cannot set it", i);
    }
    return 0;
}

static int set_groups(const struct bundle_process *process, struct error *error)
{
    if (setgroups(process->additional_gid_count, process->additional_gids) == 0)
        return 0;
    /* Denied in a user namespace made without rights, and none was asked. */
    if (errno == EPERM && process->additional_gid_count == 0)
        return 0;
    return error_errno(error, errno,
                       "process.user.additionalGids: cannot set them");
}

/* A filter without no_new_privs takes CAP_SYS_ADMIN, which a change of ids
 * has just taken out of the effective set. */
static int install_early(const struct seccomp_program *seccomp,
                         struct error *error)
{
    int status = capabilities_raise(error);

    return status == 0 ? seccomp_install(seccomp, error) : status;
}

int identity_assume(const struct bundle_process *process,
                    const struct seccomp_program *seccomp, struct error *error)
{
    int status = set_limits(process, error);

    if (status == 0)
        status = scheduling_apply(process, error);
    if (status == 0)
        status = capabilities_bound(process, error);
    if (status == 0)
        status = set_groups(process, error);
    if (status < 0)
        return status;
    if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0)
        return error_errno(error, errno, "cannot keep capabilities");
    status = set_ids(process->uid, process->gid, error);
    if (status == 0 && seccomp_needs_rights(seccomp, process))
        status = install_early(seccomp, error);
    if (status == 0)
        status = capabilities_apply(process, error);
    if (status < 0)
        return status;
    if (process->has_umask)
        umask(process->umask);
    if (process->no_new_privileges &&
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return error_errno(error, errno, "cannot set no_new_privs");
    return 0;
}
