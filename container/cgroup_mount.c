/* A mount of type "cgroup"; see cgroup_mount.h and cgroups(7). */
#include "container/cgroup_mount.h"

#include "cgroup/cgroup.h"
#include "container/mount_options.h"
#include "container/mounts.h"
#include "container/namespaces.h"
#include "oci/cleanup.h"
#include "oci/path.h"
#include "oci/root_path.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>

enum { MAX_CONTROLLERS = 16 };

/* How the hierarchies are to be mounted. */
struct view {
    bool new_namespace;
    uint64_t attributes;
};

/* The host's mount of a hierarchy, from our cgroup on. */
static int bind_own(const char *mount_point,
                    const struct cgroup_membership *membership,
                    uint64_t attributes, struct error *error)
{
    _cleanup_free_ char *path = path_join(mount_point, membership->path + 1);
    int fd, status;

    if (path == NULL)
        return error_errno(error, ENOMEM, "cgroup");
    fd = open_tree(AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
    if (fd < 0)
        return error_errno(error, errno, "%s", path);
    status = mount_change(fd, attributes, 0, 0, false);
    if (status < 0) {
        close(fd);
        return error_errno(error, -status, "cannot set its options");
    }
    return fd;
}

static int attach(int mount, int target, struct error *error)
{
    int status = mount < 0 ? mount : mount_attach(mount, target);

    if (mount >= 0)
        close(mount);
    else
        return mount;
    return error_status(error, status, "cannot attach");
}

/*
 * Has the host that hierarchy where it is looked for? /proc/self/cgroup has
 * those too that are mounted nowhere, of which there is nothing to bind.
 */
static bool is_mounted(const char *name)
{
    char path[PATH_MAX];
    struct statfs fs;

    snprintf(path, sizeof(path), "/sys/fs/cgroup/%s", name);
    return statfs(path, &fs) == 0 && (fs.f_type == CGROUP_SUPER_MAGIC ||
                                      fs.f_type == CGROUP2_SUPER_MAGIC);
}

/* A v1 hierarchy, or the v2 of a hybrid host; name is its directory's. */
static int open_hierarchy(const struct view *view,
                          struct cgroup_membership *membership,
                          const char *name, struct error *error)
{
    bool unified = membership->controllers[0] == '\0';
    const char *data[MAX_CONTROLLERS + 1] = {NULL};
    char host[PATH_MAX], *rest = NULL;
    size_t count = 0;

    if (!view->new_namespace) {
        snprintf(host, sizeof(host), "/sys/fs/cgroup/%s", name);
        return bind_own(host, membership, view->attributes, error);
    }
    if (strncmp(membership->controllers, "name=", 5) == 0)
        data[count++] = "none";
    for (char *word = strtok_r(membership->controllers, ",", &rest);
         word != NULL && count < MAX_CONTROLLERS;
         word = strtok_r(NULL, ",", &rest))
        data[count++] = word;
    return mount_new(unified ? "cgroup2" : "cgroup", "cgroup", data,
                     view->attributes, error);
}

/* Makes a directory for a hierarchy in the tmpfs, and mounts it there. */
static int mount_hierarchy(int base, const struct view *view,
                           struct cgroup_membership *membership,
                           struct error *error)
{
    const char *controllers = membership->controllers;
    _cleanup_free_ char *name = strdup(
        controllers[0] == '\0'
            ? "unified"
            : controllers + (strncmp(controllers, "name=", 5) == 0 ? 5 : 0));
    _cleanup_close_ int target = -1;

    if (name == NULL)
        return error_errno(error, ENOMEM, "cgroup");
    if (!view->new_namespace && !is_mounted(name))
        return 0;
    if (mkdirat(base, name, 0755) < 0)
        return error_errno(error, errno, "%s: cannot make", name);
    target = root_open(base, name, O_DIRECTORY);
    if (target < 0)
        return error_errno(error, -target, "%s", name);
    return attach(open_hierarchy(view, membership, name, error), target, error);
}

static int mount_v1(int target, FILE *memberships, const struct view *view,
                    struct error *error)
{
    const char *const tmpfs_data[] = {"mode=755", NULL};
    _cleanup_free_ char *line = NULL;
    _cleanup_close_ int base = -1;
    size_t size = 0;
    int status;

    base = mount_new("tmpfs", "cgroup", tmpfs_data,
                     view->attributes & ~(uint64_t)MOUNT_ATTR_RDONLY, error);
    if (base < 0)
        return base;
    status = mount_attach(base, target);
    if (status < 0)
        return error_errno(error, -status, "cannot attach");
    while (status == 0 && getline(&line, &size, memberships) > 0) {
        struct cgroup_membership membership;

        if (cgroup_membership_split(line, &membership))
            status = mount_hierarchy(base, view, &membership, error);
    }
    if (status == 0 && mount_change(base, view->attributes, 0, 0, false) < 0)
        return error_errno(error, errno, "cannot set its options");
    return status;
}

static int mount_v2(int target, FILE *memberships, const struct view *view,
                    struct error *error)
{
    const char *const no_data[] = {NULL};
    struct cgroup_membership membership;
    char line[PATH_MAX];

    if (view->new_namespace)
        return attach(
            mount_new("cgroup2", "cgroup2", no_data, view->attributes, error),
            target, error);
    if (fgets(line, sizeof(line), memberships) == NULL ||
        !cgroup_membership_split(line, &membership))
        return error_set(error, EINVAL, "/proc/self/cgroup is empty");
    return attach(
        bind_own("/sys/fs/cgroup", &membership, view->attributes, error),
        target, error);
}

int cgroup_mount(const struct bundle *bundle, const struct bundle_mount *mount,
                 int root, struct error *error)
{
    struct mount_options options = {0};
    struct view view = {.new_namespace =
                            namespace_is_new(bundle, NAMESPACE_CGROUP)};
    _cleanup_file_ FILE *memberships = fopen("/proc/self/cgroup", "re");
    _cleanup_close_ int target = -1;

    if (memberships == NULL)
        return error_errno(error, errno, "/proc/self/cgroup");
    for (char **word = mount->options; *word != NULL; word++) {
        if (!mount_option_apply(&options, *word))
            return error_set(error, EINVAL, "unknown option \"%s\"", *word);
    }
    view.attributes = options.attributes_set;
    target = root_open_or_make(root, mount->destination, ROOT_DIRECTORY, error);
    if (target < 0)
        return target;
    return cgroup_is_unified() ? mount_v2(target, memberships, &view, error)
                               : mount_v1(target, memberships, &view, error);
}
