/* Who the program is, for the boot information page; see boot.h. */
#include "vmm/boot.h"

#include <errno.h>
#include <string.h>
#include <sys/resource.h>

enum { DEFAULT_UMASK = 022 };

static const char default_hostname[] = "unikernel";

/*
 * Limits where the bundle says nothing. Source: Linux
 * include/asm-generic/resource.h (INIT_RLIMITS), as getrlimit(2) tells them.
 */
static const struct boot_rlimit limits[BOOT_INFO_RLIMITS] = {
    [RLIMIT_CPU] = {UINT64_MAX, UINT64_MAX},
    [RLIMIT_FSIZE] = {UINT64_MAX, UINT64_MAX},
    [RLIMIT_DATA] = {UINT64_MAX, UINT64_MAX},
    [RLIMIT_STACK] = {8 << 20, UINT64_MAX},
    [RLIMIT_CORE] = {0, UINT64_MAX},
    [RLIMIT_RSS] = {UINT64_MAX, UINT64_MAX},
    [RLIMIT_NPROC] = {UINT64_MAX, UINT64_MAX},
    [RLIMIT_NOFILE] = {1024, 4096},
    [RLIMIT_MEMLOCK] = {8 << 20, 8 << 20},
    [RLIMIT_AS] = {UINT64_MAX, UINT64_MAX},
    [RLIMIT_LOCKS] = {UINT64_MAX, UINT64_MAX},
    [RLIMIT_SIGPENDING] = {1024, 1024},
    [RLIMIT_MSGQUEUE] = {819200, 819200},
    [RLIMIT_NICE] = {0, 0},
    [RLIMIT_RTPRIO] = {0, 0},
    [RLIMIT_RTTIME] = {UINT64_MAX, UINT64_MAX},
};

static void copy_limits(const struct bundle_process *process,
                        struct boot_info *boot)
{
    memcpy(boot->rlimits, limits, sizeof(limits));
    for (size_t i = 0; i < process->rlimit_count; i++) {
        const struct bundle_rlimit *limit = &process->rlimits[i];

        if ((unsigned int)limit->resource < BOOT_INFO_RLIMITS)
            boot->rlimits[limit->resource] = (struct boot_rlimit){
                limit->limit.rlim_cur, limit->limit.rlim_max};
    }
}

static int copy_groups(const struct bundle_process *process,
                       struct boot_info *boot, struct error *error)
{
    if (process->additional_gid_count > BOOT_INFO_GROUPS)
        return error_set(error, E2BIG,
                         "config.json: process.user.additionalGids: a "
                         "unikernel takes %d groups at most",
                         BOOT_INFO_GROUPS);
    boot->group_count = process->additional_gid_count;
    for (size_t i = 0; i < process->additional_gid_count; i++)
        boot->groups[i] = process->additional_gids[i];
    return 0;
}

static int copy_hostname(const struct bundle *bundle, struct boot_info *boot,
                         struct error *error)
{
    const char *name =
        bundle->hostname != NULL ? bundle->hostname : default_hostname;
    const size_t length = strlen(name);

    if (length > BOOT_INFO_HOSTNAME)
        return error_set(error, ENAMETOOLONG,
                         "config.json: hostname: %zu characters; Linux takes "
                         "%d at most",
                         length, BOOT_INFO_HOSTNAME);
    memcpy(boot->hostname, name, length + 1);
    return 0;
}

int boot_identity(const struct bundle *bundle, struct boot_info *boot,
                  struct error *error)
{
    const struct bundle_process *process = &bundle->process;
    int status = copy_groups(process, boot, error);

    if (status == 0)
        status = copy_hostname(bundle, boot, error);
    if (status < 0)
        return status;
    boot->uid = process->uid;
    boot->gid = process->gid;
    boot->umask = process->has_umask ? process->umask : DEFAULT_UMASK;
    if (process->has_capabilities) {
        boot->flags |= BOOT_INFO_CAPABILITIES;
        memcpy(boot->capabilities, process->capabilities,
               sizeof(boot->capabilities));
    }
    if (process->no_new_privileges)
        boot->flags |= BOOT_INFO_NO_NEW_PRIVILEGES;
    if (bundle->rootfs_readonly)
        boot->flags |= BOOT_INFO_ROOT_READ_ONLY;
    copy_limits(process, boot);
    return 0;
}
