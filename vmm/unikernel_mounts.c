/* A table decides; see unikernel_mounts.h. */
#include "vmm/unikernel_mounts.h"

#include "vmm/host_files.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

/* File systems that hold nothing of the host's, or stand for a kernel. */
static const char *const own_types[] = {
    "proc",  "tmpfs",  "devtmpfs", "devpts", "mqueue",
    "sysfs", "cgroup", "cgroup2",  NULL,
};

static bool is_listed(const char *const *list, const char *word)
{
    for (; word != NULL && *list != NULL; list++) {
        if (strcmp(*list, word) == 0)
            return true;
    }
    return false;
}

int unikernel_check_mounts(const struct bundle *bundle, struct error *error)
{
    for (size_t i = 0; i < bundle->mount_count; i++) {
        const struct bundle_mount *mount = &bundle->mounts[i];

        if (host_files_kind(mount) == HOST_FILES_NONE &&
            !is_listed(own_types, mount->type))
            return error_set(error, ENOTSUP,
                             "config.json: mounts: %s: a unikernel has no file "
                             "system of type \"%s\"",
                             mount->destination, mount->type);
    }
    return 0;
}
