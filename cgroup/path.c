/*
 * Where the cgroup of a container is; see cgroup.h.
 *
 * Root's are named from the root of each hierarchy. A user may make cgroups
 * only in a part of cgroup v2 that was delegated to him: below the cgroup
 * above his own, if that is his (systemd's app.slice is), else below his own.
 * Source: runtime-spec 1.0.2, config-linux.md, "Cgroups Path";
 * Documentation/admin-guide/cgroup-v2.rst, "Delegation".
 */
#include "cgroup/cgroup.h"

#include "oci/cleanup.h"
#include "oci/path.h"

#include <string.h>

static const char default_parent[] = "/ringside";

bool cgroup_membership_split(char *line, struct cgroup_membership *membership)
{
    char *first = strchr(line, ':');
    char *second = first != NULL ? strchr(first + 1, ':') : NULL;

    if (second == NULL || second[1] != '/')
        return false;
    *second = '\0';
    membership->controllers = first + 1;
    membership->path = second + 1;
    membership->path[strcspn(membership->path, "\n")] = '\0';
    return true;
}

bool cgroup_path_of(pid_t pid, char *path, size_t size)
{
    struct cgroup_membership membership;
    char name[32];
    _cleanup_file_ FILE *file = NULL;

    snprintf(name, sizeof(name), "/proc/%d/cgroup", (int)pid);
    file = fopen(name, "re");
    while (file != NULL && fgets(path, (int)size, file) != NULL) {
        if (cgroup_membership_split(path, &membership) &&
            membership.controllers[0] == '\0' &&
            strstr(membership.path, "/..") == NULL) {
            memmove(path, membership.path, strlen(membership.path) + 1);
            return true;
        }
    }
    return false;
}

/* May we make cgroups there, and move processes into them? */
static bool is_ours(const char *path)
{
    char file[PATH_MAX + 64];

    snprintf(file, sizeof(file), "/sys/fs/cgroup%s/cgroup.procs", path);
    if (access(file, W_OK) < 0)
        return false;
    *strrchr(file, '/') = '\0';
    return access(file, W_OK) == 0;
}

/* What a path that is not absolute begins with; "" is the root. */
static void find_base(const struct cgroup *cgroup, char *base)
{
    char *slash;

    base[0] = '\0';
    if (geteuid() == 0 || !cgroup->unified)
        return;
    if (!cgroup_path_of(getpid(), base, PATH_MAX) || strcmp(base, "/") == 0)
        base[0] = '\0';
    slash = strrchr(base, '/');
    if (slash == NULL || slash == base)
        return;
    *slash = '\0';
    if (!is_ours(base))
        *slash = '/';
}

int cgroup_choose_path(const struct bundle *bundle, const char *id,
                       struct cgroup *cgroup, struct error *error)
{
    const char *wanted = bundle->cgroups_path;
    char base[PATH_MAX];
    int n;

    cgroup->default_path = wanted == NULL || wanted[0] == '\0';
    if (!cgroup->default_path && wanted[0] != '/' &&
        strchr(wanted, ':') != NULL)
        return error_set(error, ENOTSUP,
                         "config.json: linux.cgroupsPath: \"%s\" is for the "
                         "systemd cgroup driver; use a path",
                         wanted);
    find_base(cgroup, base);
    if (cgroup->default_path)
        n = snprintf(cgroup->path, sizeof(cgroup->path), "%s%s/%s", base,
                     default_parent, id);
    else
        n = snprintf(cgroup->path, sizeof(cgroup->path), "%s/%s",
                     wanted[0] == '/' ? "" : base, wanted);
    if (n >= PATH_MAX - 64)
        return error_set(error, ENAMETOOLONG,
                         "config.json: linux.cgroupsPath: too long");
    path_normalise(cgroup->path);
    if (strcmp(cgroup->path, "/") == 0)
        return error_set(error, EINVAL,
                         "config.json: linux.cgroupsPath: the root cgroup "
                         "cannot be a container's");
    return 0;
}
