/* Carries out the plan of a cgroup version; see cgroup.h. */
#include "container/cgroup.h"

#include "oci/cleanup.h"
#include "oci/file.h"
#include "oci/path.h"

#include <fcntl.h>
#include <ftw.h>
#include <linux/magic.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>

static const char cgroup_root[] = "/sys/fs/cgroup";
static const char default_parent[] = "/ringside";

bool cgroup_is_unified(void)
{
    struct statfs status;

    return statfs(cgroup_root, &status) == 0 &&
           status.f_type == CGROUP2_SUPER_MAGIC;
}

int cgroup_plan_hierarchy(struct cgroup *cgroup,
                          const struct cgroup_hierarchy *hierarchy)
{
    int index = cgroup->hierarchy_count++;

    cgroup->hierarchies[index] = *hierarchy;
    cgroup->hierarchies[index].directory = -1;
    cgroup->hierarchies[index].entrance = -1;
    return index;
}

void cgroup_plan_setting(struct cgroup *cgroup, int hierarchy,
                         const char *json_path, const char *file,
                         const char *format, ...)
{
    struct cgroup_setting *setting = &cgroup->settings[cgroup->setting_count++];
    va_list arguments;

    setting->hierarchy = hierarchy;
    setting->json_path = json_path;
    setting->file = file;
    va_start(arguments, format);
    vsnprintf(setting->value, sizeof(setting->value), format, arguments);
    va_end(arguments);
}

static int choose_path(const struct bundle *bundle, const char *id,
                       struct cgroup *cgroup, struct error *error)
{
    const char *wanted = bundle->cgroups_path;
    int n;

    cgroup->default_path = wanted == NULL || wanted[0] == '\0';
    if (cgroup->default_path)
        n = snprintf(cgroup->path, sizeof(cgroup->path), "%s/%s",
                     default_parent, id);
    else if (wanted[0] != '/' && strchr(wanted, ':') != NULL)
        return error_set(error, ENOTSUP,
                         "config.json: linux.cgroupsPath: \"%s\" is for the "
                         "systemd cgroup driver; use a path",
                         wanted);
    else
        n = snprintf(cgroup->path, sizeof(cgroup->path), "/%s", wanted);
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

/* mkdir and open of one directory; *made says whether it is new. */
static int make_directory(int parent, const char *name, bool *made)
{
    int fd;

    *made = mkdirat(parent, name, 0755) == 0;
    if (!*made && errno != EEXIST)
        return -errno;
    fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

/* Makes the cgroup in one hierarchy, component by component. */
static int make_in_hierarchy(const char *path,
                             struct cgroup_hierarchy *hierarchy)
{
    _cleanup_free_ char *components = strdup(path);
    _cleanup_close_ int fd =
        open(hierarchy->mount, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    char *rest = NULL;

    if (components == NULL)
        return -ENOMEM;
    if (fd < 0)
        return -errno;
    hierarchy->made = 0;
    for (char *name = strtok_r(components, "/", &rest); name != NULL;
         name = strtok_r(NULL, "/", &rest)) {
        bool made;
        int child = make_directory(fd, name, &made);

        if (child < 0)
            return child;
        hierarchy->made += made;
        if (hierarchy->prepare != NULL)
            hierarchy->prepare(fd, child);
        close(fd);
        fd = child;
    }
    hierarchy->directory = take_fd(&fd);
    return 0;
}

static int open_entrance(struct cgroup_hierarchy *hierarchy)
{
    int fd = openat(hierarchy->directory, "tasks", O_WRONLY | O_CLOEXEC);

    hierarchy->entrance = fd;
    return fd < 0 ? -errno : 0;
}

/* Not ours to make cgroups, or no such controller on this host. */
static bool is_unavailable(int status)
{
    return status == -EACCES || status == -EPERM || status == -EROFS ||
           status == -ENOENT;
}

static int make_hierarchies(struct cgroup *cgroup, struct error *error)
{
    enum { ATTEMPTS = 4 };

    for (int i = 0; i < cgroup->hierarchy_count; i++) {
        struct cgroup_hierarchy *hierarchy = &cgroup->hierarchies[i];
        int status = -ENOENT;

        /* Another container's end may remove the directory above ours. */
        for (int j = 0; j < ATTEMPTS && status == -ENOENT; j++)
            status = make_in_hierarchy(cgroup->path, hierarchy);
        if (status == 0 && !cgroup->unified)
            status = open_entrance(hierarchy);
        if (status == 0 || (is_unavailable(status) && !hierarchy->required))
            continue;
        return error_errno(error, -status, "cannot make the cgroup %s%s",
                           hierarchy->mount, cgroup->path);
    }
    return 0;
}

static int write_value(int directory, const char *file, const char *value)
{
    _cleanup_close_ int fd = openat(directory, file, O_WRONLY | O_CLOEXEC);

    return fd < 0 ? -errno : file_write_all(fd, value, strlen(value));
}

static int write_settings(const struct cgroup *cgroup, struct error *error)
{
    for (int i = 0; i < cgroup->setting_count; i++) {
        const struct cgroup_setting *setting = &cgroup->settings[i];
        const struct cgroup_hierarchy *hierarchy =
            &cgroup->hierarchies[setting->hierarchy];
        int status =
            write_value(hierarchy->directory, setting->file, setting->value);

        if (status == -ENOENT)
            return error_set(error, ENOTSUP,
                             "config.json: %s: the host's cgroups have no %s",
                             setting->json_path, setting->file);
        if (status < 0)
            return error_errno(error, -status,
                               "config.json: %s: cannot write %s to %s%s/%s",
                               setting->json_path, setting->value,
                               hierarchy->mount, cgroup->path, setting->file);
    }
    return 0;
}

int cgroup_plan(const struct bundle *bundle, const char *id,
                struct cgroup *cgroup, struct error *error)
{
    int status;

    memset(cgroup, 0, offsetof(struct cgroup, settings));
    cgroup->unified = cgroup_is_unified();
    status = choose_path(bundle, id, cgroup, error);
    if (status < 0)
        return status;
    return cgroup->unified ? cgroup_v2_plan(&bundle->resources, cgroup, error)
                           : cgroup_v1_plan(&bundle->resources, cgroup, error);
}

int cgroup_make(const struct bundle *bundle, const char *id,
                struct cgroup *cgroup, struct error *error)
{
    int status = cgroup_plan(bundle, id, cgroup, error);

    if (status == 0)
        status = make_hierarchies(cgroup, error);
    if (status == 0)
        status = write_settings(cgroup, error);
    return status;
}

int cgroup_clone_target(const struct cgroup *cgroup)
{
    return cgroup->unified ? cgroup->hierarchies[0].directory : -1;
}

int cgroup_enter(const struct cgroup *cgroup, struct error *error)
{
    for (int i = 0; i < cgroup->hierarchy_count; i++) {
        const struct cgroup_hierarchy *hierarchy = &cgroup->hierarchies[i];

        if (hierarchy->entrance >= 0 && write(hierarchy->entrance, "0", 1) < 0)
            return error_errno(error, errno, "cannot enter the cgroup %s%s",
                               hierarchy->mount, cgroup->path);
    }
    return 0;
}

/* Kills every process in one directory of a cgroup. */
static void kill_members(const char *directory)
{
    _cleanup_free_ char *path = path_join(directory, "cgroup.procs");
    _cleanup_file_ FILE *file = path != NULL ? fopen(path, "re") : NULL;
    int pid;

    while (file != NULL && fscanf(file, "%d", &pid) == 1)
        kill(pid, SIGKILL);
}

static int kill_and_remove(const char *path, const struct stat *status,
                           int kind, struct FTW *where)
{
    (void)status;
    (void)where;
    if (kind == FTW_DP) {
        kill_members(path);
        (void)rmdir(path);
    }
    return 0;
}

/* Processes that outlived the first one, and cgroups that they made. */
static void remove_busy(const char *path)
{
    enum { ATTEMPTS = 200, OPEN_DIRECTORIES = 8 };
    const struct timespec pause = {.tv_nsec = 5000000};

    for (int i = 0; i < ATTEMPTS; i++) {
        nftw(path, kill_and_remove, OPEN_DIRECTORIES, FTW_DEPTH | FTW_PHYS);
        if (access(path, F_OK) < 0)
            return;
        nanosleep(&pause, NULL);
    }
}

static void remove_in_hierarchy(const struct cgroup *cgroup,
                                struct cgroup_hierarchy *hierarchy)
{
    char path[PATH_MAX + 64];
    char *slash;

    snprintf(path, sizeof(path), "%s%s", hierarchy->mount, cgroup->path);
    if (hierarchy->entrance >= 0)
        close(take_fd(&hierarchy->entrance));
    if (hierarchy->directory >= 0)
        close(take_fd(&hierarchy->directory));
    else if (hierarchy->made == 0)
        return;
    if (rmdir(path) < 0 && errno == EBUSY)
        remove_busy(path);
    /* The common parent goes with the last container in it. */
    if (cgroup->default_path && hierarchy->made < 2)
        hierarchy->made = 2;
    while (--hierarchy->made > 0) {
        slash = strrchr(path, '/');
        *slash = '\0';
        if (strcmp(path, hierarchy->mount) == 0 || rmdir(path) < 0)
            return;
    }
}

void cgroup_remove(struct cgroup *cgroup)
{
    for (int i = 0; i < cgroup->hierarchy_count; i++)
        remove_in_hierarchy(cgroup, &cgroup->hierarchies[i]);
    cgroup->hierarchy_count = 0;
}
