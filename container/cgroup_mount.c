/* A mount of type "cgroup"; see cgroup_mount.h and cgroups(7). */
#include "container/cgroup_mount.h"

#include "container/cgroup.h"
#include "container/mount_options.h"
#include "container/mounts.h"
#include "container/root_path.h"
#include "oci/cleanup.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

enum { MAX_CONTROLLERS = 16 };

static int attach_new(const char *type, const char *const *data,
                      uint64_t attributes, int target, struct error *error)
{
    _cleanup_close_ int mount = mount_new(type, type, data, attributes, error);
    int status;

    if (mount < 0)
        return mount;
    status = mount_attach(mount, target);
    return status == 0 ? 0 : error_errno(error, -status, "cannot attach");
}

/* Makes the directory name in the tmpfs and mounts a hierarchy on it. */
static int mount_hierarchy(int base, const char *name, const char *type,
                           const char *const *data, uint64_t attributes,
                           struct error *error)
{
    _cleanup_close_ int target = -1;

    if (mkdirat(base, name, 0755) < 0)
        return error_errno(error, errno, "%s: cannot make", name);
    target = root_open(base, name, O_DIRECTORY);
    if (target < 0)
        return error_errno(error, -target, "%s", name);
    return attach_new(type, data, attributes, target, error);
}

/*
 * One line of /proc/self/cgroup, "3:cpu,cpuacct:/path": controllers is the
 * middle. "name=systemd" has no controller; "" is the v2 of a hybrid host.
 */
static int mount_line(int base, char *controllers, uint64_t attributes,
                      struct error *error)
{
    const char *data[MAX_CONTROLLERS + 1] = {NULL};
    _cleanup_free_ char *name = strdup(controllers);
    size_t count = 0;
    char *rest = NULL;

    if (name == NULL)
        return error_errno(error, ENOMEM, "cgroup");
    if (controllers[0] == '\0')
        return mount_hierarchy(base, "unified", "cgroup2", data, attributes,
                               error);
    if (strncmp(controllers, "name=", 5) == 0)
        data[count++] = "none";
    for (char *word = strtok_r(controllers, ",", &rest);
         word != NULL && count < MAX_CONTROLLERS;
         word = strtok_r(NULL, ",", &rest))
        data[count++] = word;
    return mount_hierarchy(base,
                           strncmp(name, "name=", 5) == 0 ? name + 5 : name,
                           "cgroup", data, attributes, error);
}

static int mount_v1(int target, uint64_t attributes, struct error *error)
{
    const char *const tmpfs_data[] = {"mode=755", NULL};
    _cleanup_file_ FILE *file = fopen("/proc/self/cgroup", "re");
    _cleanup_free_ char *line = NULL;
    _cleanup_close_ int base = -1;
    size_t size = 0;
    int status;

    if (file == NULL)
        return error_errno(error, errno, "/proc/self/cgroup");
    base = mount_new("tmpfs", "cgroup", tmpfs_data,
                     attributes & ~(uint64_t)MOUNT_ATTR_RDONLY, error);
    if (base < 0)
        return base;
    status = mount_attach(base, target);
    if (status < 0)
        return error_errno(error, -status, "cannot attach");
    while (status == 0 && getline(&line, &size, file) > 0) {
        char *controllers = strchr(line, ':');
        char *end = controllers != NULL ? strchr(controllers + 1, ':') : NULL;

        if (end == NULL)
            continue;
        *end = '\0';
        status = mount_line(base, controllers + 1, attributes, error);
    }
    if (status == 0 && mount_change(base, attributes, 0, 0, false) < 0)
        return error_errno(error, errno, "cannot set its options");
    return status;
}

int cgroup_mount(const struct bundle_mount *mount, int root,
                 struct error *error)
{
    const char *const no_data[] = {NULL};
    struct mount_options options = {0};
    _cleanup_close_ int target = -1;

    for (char **word = mount->options; *word != NULL; word++) {
        if (!mount_option_apply(&options, *word))
            return error_set(error, EINVAL, "unknown option \"%s\"", *word);
    }
    target = root_open_or_make(root, mount->destination, ROOT_DIRECTORY, error);
    if (target < 0)
        return target;
    if (cgroup_is_unified())
        return attach_new("cgroup2", no_data, options.attributes_set, target,
                          error);
    return mount_v1(target, options.attributes_set, error);
}
