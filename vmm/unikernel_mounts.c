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

/* Is it in one of the trees that show a kernel? */
static bool shows_kernel(const char *path)
{
    for (const char *const *view = kernel_views; *view != NULL; view++) {
        const size_t length = strlen(*view);

        if (strncmp(path, *view, length) == 0 &&
            (path[length] == '/' || path[length] == '\0'))
            return true;
    }
    return false;
}

/* Of what the host's kernel shows the guest has nothing that needs hiding. */
static int check_paths(char *const *paths, const char *name,
                       struct error *error)
{
    for (; paths != NULL && *paths != NULL; paths++) {
        if (!shows_kernel(*paths))
            return error_set(error, ENOTSUP,
                             "config.json: linux.%s: %s: a unikernel cannot "
                             "protect parts of its root file system",
                             name, *paths);
    }
    return 0;
}

static int check_mounts(const struct bundle *bundle, struct error *error)
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

int unikernel_check_files(const struct bundle *bundle, struct error *error)
{
    int status = check_mounts(bundle, error);

    if (status == 0)
        status = check_paths(bundle->masked_paths, "maskedPaths", error);
    if (status == 0)
        status = check_paths(bundle->readonly_paths, "readonlyPaths", error);
    return status;
}
