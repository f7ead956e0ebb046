/* Carries out the plan of a cgroup version; see cgroup.h. */
#include "cgroup/cgroup.h"

#include "cgroup/device_rules.h"
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

bool cgroup_is_unified(void)
{
    struct statfs status;

    return statfs(cgroup_root, &status) == 0 &&
           status.f_type == CGROUP2_SUPER_MAGIC;
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
            hierarchy->prepare(hierarchy, fd, child);
        close(fd);
        fd = child;
    }
    hierarchy->directory = take_fd(&fd);
    return 0;
}

const char *cgroup_entrance(const struct cgroup_hierarchy *hierarchy)
{
    return hierarchy->unified ? "cgroup.procs" : "tasks";
}

static int open_entrance(struct cgroup_hierarchy *hierarchy)
{
    int fd = openat(hierarchy->directory, cgroup_entrance(hierarchy),
                    O_WRONLY | O_CLOEXEC);

    hierarchy->entrance = fd;
    return fd < 0 ? -errno : 0;
}

int cgroup_open_entrances(struct cgroup *cgroup, struct error *error)
{
    for (int i = 0; i < cgroup->hierarchy_count; i++) {
        struct cgroup_hierarchy *hierarchy = &cgroup->hierarchies[i];
        int status = hierarchy->directory >= 0 && hierarchy->entrance < 0
                         ? open_entrance(hierarchy)
                         : 0;

        if (status < 0)
            return error_errno(error, -status, "cannot enter the cgroup %s%s",
                               hierarchy->mount, cgroup->path);
    }
    return 0;
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

/* A file of settings, open as long as settings for it follow each other. */
struct setting_file {
    int fd;
    bool second; /* it is the setting's second_file */
    const struct cgroup_setting *setting;
};

static bool is_same_file(const struct cgroup_setting *a,
                         const struct cgroup_setting *b)
{
    return a != NULL && a->hierarchy == b->hierarchy &&
           strcmp(a->file, b->file) == 0;
}

static int open_setting(int directory, const struct cgroup_setting *setting,
                        struct setting_file *file)
{
    if (file->fd >= 0 && is_same_file(file->setting, setting))
        return 0;
    cleanup_close(&file->fd);
    file->setting = setting;
    file->fd = openat(directory, setting->file, O_WRONLY | O_CLOEXEC);
    file->second =
        file->fd < 0 && errno == ENOENT && setting->second_file != NULL;
    if (file->second)
        file->fd =
            openat(directory, setting->second_file, O_WRONLY | O_CLOEXEC);
    return file->fd < 0 ? -errno : 0;
}

/* Writes a value to its file, or to the one that it is in other kernels. */
static int write_value(int directory, const struct cgroup_setting *setting,
                       struct setting_file *file)
{
    int status = open_setting(directory, setting, file);
    const char *value = setting->value;

    if (status == 0 && file->second && setting->second_value != NULL)
        value = setting->second_value;
    return status < 0 ? status : file_write_all(file->fd, value, strlen(value));
}

/* "Unlimited" is what a cgroup without the file is. */
static bool is_no_limit(const char *value)
{
    return strcmp(value, "-1") == 0 || strcmp(value, "max") == 0;
}

static int setting_error(const struct cgroup *cgroup,
                         const struct cgroup_setting *setting, int status,
                         struct error *error)
{
    const struct cgroup_hierarchy *hierarchy =
        &cgroup->hierarchies[setting->hierarchy];

    if (status == -ENOENT)
        return error_set(
            error, ENOTSUP,
            "config.json: linux.resources.%s: the host's cgroups have no %s",
            setting->limit, setting->file);
    return error_errno(
        error, -status,
        "config.json: linux.resources.%s: cannot write %s to %s%s/%s",
        setting->limit, setting->value, hierarchy->mount, cgroup->path,
        setting->file);
}

static int write_setting(const struct cgroup *cgroup,
                         const struct cgroup_setting *setting,
                         struct setting_file *file)
{
    int directory = cgroup->hierarchies[setting->hierarchy].directory;
    int status = write_value(directory, setting, file);

    return status == -ENOENT && is_no_limit(setting->value) ? 0 : status;
}

/*
 * Some limits bound each other (memory, and memory with swap), and which has
 * to move first depends on where they are. So one that fails is tried again.
 */
static int write_settings(const struct cgroup *cgroup, struct error *error)
{
    struct setting_file file = {.fd = -1};
    const struct cgroup_setting *failed = NULL;
    int status = 0;

    for (int i = 0; i < cgroup->setting_count; i++) {
        const struct cgroup_setting *setting = &cgroup->settings[i];

        status = write_setting(cgroup, setting, &file);
        if (status < 0 && failed != NULL)
            break;
        failed = status < 0 ? setting : failed;
    }
    if (failed != NULL)
        status = write_setting(cgroup, failed, &file);
    cleanup_close(&file.fd);
    return status < 0 ? setting_error(cgroup, failed, status, error) : 0;
}

int cgroup_make(const struct bundle *bundle, const char *id, bool systemd,
                struct cgroup *cgroup, struct error *error)
{
    int status = cgroup_plan(bundle, id, systemd, cgroup, error);

    if (status == 0 && systemd)
        status = systemd_scope_start(cgroup, error);
    if (status == 0)
        return cgroup_carry_out(cgroup, &bundle->resources, error);
    cgroup_plan_release(cgroup);
    return status;
}

int cgroup_carry_out(struct cgroup *cgroup,
                     const struct bundle_resources *resources,
                     struct error *error)
{
    int status = make_hierarchies(cgroup, error);

    if (status == 0)
        status = write_settings(cgroup, error);
    if (status == 0 && cgroup->unified && cgroup->guard_devices)
        status = device_program_attach(resources,
                                       cgroup->hierarchies[0].directory, error);
    cgroup_plan_release(cgroup);
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
    if (cgroup->scope.unit[0] != '\0' && cgroup->path[0] != '\0')
        systemd_scope_stop(&cgroup->scope);
    for (int i = 0; i < cgroup->hierarchy_count; i++)
        remove_in_hierarchy(cgroup, &cgroup->hierarchies[i]);
    cgroup->hierarchy_count = 0;
}
