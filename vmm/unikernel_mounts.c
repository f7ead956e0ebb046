/* Two tables decide; see unikernel_mounts.h. */
#include "vmm/unikernel_mounts.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

/* File systems that hold nothing of the host's, or stand for a kernel. */
static const char *const own_types[] = {
    "proc",  "tmpfs",  "devtmpfs", "devpts", "mqueue",
    "sysfs", "cgroup", "cgroup2",  NULL,
};

/* Host directories that show the host's kernel: the guest has its own. */
static const char *const kernel_views[] = {
    "/proc", "/sys", "/dev", "/sys/fs/cgroup", NULL,
};

static bool is_listed(const char *const *list, const char *word)
{
    for (; word != NULL && *list != NULL; list++) {
        if (strcmp(*list, word) == 0)
            return true;
    }
    return false;
}

static bool is_bind(const struct bundle_mount *mount)
{
    if (mount->type != NULL && strcmp(mount->type, "bind") == 0)
        return true;
    for (char *const *option = mount->options; *option != NULL; option++) {
        if (strcmp(*option, "bind") == 0 || strcmp(*option, "rbind") == 0)
            return true;
    }
    return mount->type == NULL;
}

int unikernel_check_mounts(const struct bundle *bundle, struct error *error)
{
    for (size_t i = 0; i < bundle->mount_count; i++) {
        const struct bundle_mount *mount = &bundle->mounts[i];

        if (!is_bind(mount) && !is_listed(own_types, mount->type))
            return error_set(error, ENOTSUP,
                             "config.json: mounts: %s: a unikernel has no file "
                             "system of type \"%s\"",
                             mount->destination, mount->type);
        if (is_bind(mount) && !is_listed(kernel_views, mount->source))
            return error_set(error, ENOTSUP,
                             "config.json: mounts: %s: \"%s\" of the host "
                             "cannot be mounted in a unikernel: copy it into "
                             "the rootfs",
                             mount->destination,
                             mount->source != NULL ? mount->source : "");
    }
    return 0;
}
