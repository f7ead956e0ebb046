/* The cgroup of an existing container; see control.h. */
#include "cgroup/control.h"

#include "cgroup/plan.h"
#include "oci/cleanup.h"
#include "oci/file.h"
#include "oci/path.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <time.h>

enum { PATH_SIZE = PATH_MAX + 64 };

static const char freezer_mount[] = "/sys/fs/cgroup/freezer";

/* Adds what was made in a hierarchy to the details of a container. */
static void save_hierarchy(json_t *hierarchies,
                           const struct cgroup_hierarchy *hierarchy)
{
    json_array_append_new(hierarchies,
                          json_pack("{ss ss si}", "mount", hierarchy->mount,
                                    "controller", hierarchy->controller, "made",
                                    hierarchy->made));
}

json_t *cgroup_save(const struct cgroup *cgroup)
{
    json_t *hierarchies = json_array();

    for (int i = 0; i < cgroup->hierarchy_count; i++) {
        if (cgroup->hierarchies[i].directory >= 0)
            save_hierarchy(hierarchies, &cgroup->hierarchies[i]);
    }
    return json_pack("{ss ss sb sb so}", "cgroup", cgroup->path, "scope",
                     cgroup->scope.unit, "defaultPath", cgroup->default_path,
                     "unified", cgroup->unified, "hierarchies", hierarchies);
}

void cgroup_restore(const json_t *details, struct cgroup *cgroup)
{
    json_t *hierarchies = json_object_get(details, "hierarchies");
    const char *path = json_string_value(json_object_get(details, "cgroup"));
    const char *unit = json_string_value(json_object_get(details, "scope"));

    memset(cgroup, 0, sizeof(*cgroup));
    if (path == NULL || strlen(path) >= sizeof(cgroup->path))
        return;
    memcpy(cgroup->path, path, strlen(path) + 1);
    if (unit != NULL)
        snprintf(cgroup->scope.unit, sizeof(cgroup->scope.unit), "%s", unit);
    cgroup->default_path =
        json_is_true(json_object_get(details, "defaultPath"));
    cgroup->unified = json_is_true(json_object_get(details, "unified"));
    for (size_t i = 0; i < json_array_size(hierarchies); i++) {
        struct cgroup_hierarchy hierarchy = {0};

        if (cgroup->hierarchy_count == CGROUP_MAX_HIERARCHIES ||
            json_unpack(json_array_get(hierarchies, i), "{ss ss si}", "mount",
                        &hierarchy.mount, "controller", &hierarchy.controller,
                        "made", &hierarchy.made) < 0)
            return;
        hierarchy.unified = strcmp(hierarchy.controller, "unified") == 0;
        /* One that was there before us goes with the container as well. */
        if (hierarchy.made == 0)
            hierarchy.made = 1;
        cgroup_plan_hierarchy(cgroup, &hierarchy);
    }
}

void cgroup_leave(struct cgroup *cgroup)
{
    for (int i = 0; i < cgroup->hierarchy_count; i++) {
        struct cgroup_hierarchy *hierarchy = &cgroup->hierarchies[i];

        if (hierarchy->entrance >= 0)
            close(take_fd(&hierarchy->entrance));
        if (hierarchy->directory >= 0)
            close(take_fd(&hierarchy->directory));
    }
    cgroup->hierarchy_count = 0;
}

int cgroup_open_for_exec(struct cgroup *cgroup, const char *below, pid_t init,
                         struct error *error)
{
    char path[PATH_SIZE], where[PATH_MAX];
    int n = 0;

    if (below != NULL && (strstr(below, "..") != NULL || below[0] == '\0'))
        return error_set(error, EINVAL,
                         "--cgroup: expected a path below the container's");
    if (below != NULL || !cgroup->unified ||
        !cgroup_path_of(init, where, sizeof(where)))
        n = snprintf(where, sizeof(where), "%s%s%s", cgroup->path,
                     below != NULL ? "/" : "", below != NULL ? below : "");
    if (n >= PATH_MAX - 64)
        return error_set(error, ENAMETOOLONG, "--cgroup: too long");
    for (int i = 0; i < cgroup->hierarchy_count; i++) {
        struct cgroup_hierarchy *hierarchy = &cgroup->hierarchies[i];

        snprintf(path, sizeof(path), "%s%s/%s", hierarchy->mount, where,
                 hierarchy->unified ? "cgroup.procs" : "tasks");
        hierarchy->entrance = open(path, O_WRONLY | O_CLOEXEC);
        if (hierarchy->entrance < 0)
            return error_errno(error, errno, "cannot enter the cgroup %s",
                               path);
    }
    return 0;
}

static int refuse_without_cgroup(struct error *error)
{
    return error_set(error, ENOENT,
                     "the container has no cgroup, which this needs");
}

/* Those of one directory, and of those below it. */
static void collect_processes(const char *directory, json_t *processes)
{
    _cleanup_free_ char *list = path_join(directory, "cgroup.procs");
    _cleanup_file_ FILE *file = list != NULL ? fopen(list, "re") : NULL;
    _cleanup_directory_ DIR *entries = opendir(directory);
    const struct dirent *entry;
    int pid;

    while (file != NULL && fscanf(file, "%d", &pid) == 1)
        json_array_append_new(processes, json_integer(pid));
    while (entries != NULL && (entry = readdir(entries)) != NULL) {
        _cleanup_free_ char *child = NULL;

        if (entry->d_type != DT_DIR || entry->d_name[0] == '.')
            continue;
        child = path_join(directory, entry->d_name);
        if (child != NULL)
            collect_processes(child, processes);
    }
}

json_t *cgroup_processes(const struct cgroup *cgroup, struct error *error)
{
    json_t *processes = json_array();
    char path[PATH_SIZE];

    if (processes == NULL || cgroup->hierarchy_count == 0) {
        (void)refuse_without_cgroup(error);
        json_decref(processes);
        return NULL;
    }
    snprintf(path, sizeof(path), "%s%s", cgroup->hierarchies[0].mount,
             cgroup->path);
    collect_processes(path, processes);
    return processes;
}

/* v2's own way, which no fork can escape. */
static bool kill_unified(const struct cgroup *cgroup)
{
    _cleanup_close_ int fd = -1;
    char path[PATH_SIZE];

    if (!cgroup->unified)
        return false;
    snprintf(path, sizeof(path), "%s%s/cgroup.kill",
             cgroup->hierarchies[0].mount, cgroup->path);
    fd = open(path, O_WRONLY | O_CLOEXEC);
    return fd >= 0 && write(fd, "1", 1) == 1;
}

int cgroup_signal(const struct cgroup *cgroup, int number, struct error *error)
{
    json_t *processes = cgroup_processes(cgroup, error);

    if (processes == NULL)
        return -error->code;
    if (number != SIGKILL || !kill_unified(cgroup)) {
        for (size_t i = 0; i < json_array_size(processes); i++)
            (void)kill((pid_t)json_integer_value(json_array_get(processes, i)),
                       number);
    }
    json_decref(processes);
    return 0;
}

/* Moves the container's processes to a hierarchy that it joins late, until
 * none is found that is not there: some may fork meanwhile. */
static int move_processes(const struct cgroup *cgroup, const char *mount,
                          struct error *error)
{
    enum { ATTEMPTS = 64 };
    char path[PATH_SIZE];
    size_t before = 0, count = 1;

    snprintf(path, sizeof(path), "%s%s/cgroup.procs", mount, cgroup->path);
    for (int i = 0; count != before && i < ATTEMPTS; i++) {
        _cleanup_close_ int fd = open(path, O_WRONLY | O_CLOEXEC);
        json_t *processes = cgroup_processes(cgroup, error);

        if (fd < 0 || processes == NULL) {
            json_decref(processes);
            return error_errno(error, fd < 0 ? errno : ENOENT, "%s", path);
        }
        before = count;
        count = json_array_size(processes);
        for (size_t j = 0; j < count; j++)
            (void)dprintf(
                fd, "%d",
                (int)json_integer_value(json_array_get(processes, j)));
        json_decref(processes);
    }
    return 0;
}

static bool has_hierarchy(const struct cgroup *cgroup, const char *mount)
{
    for (int i = 0; i < cgroup->hierarchy_count; i++) {
        if (strcmp(cgroup->hierarchies[i].mount, mount) == 0)
            return true;
    }
    return false;
}

/* Makes and writes what is planned, and has the container enter those of its
 * hierarchies that it has not been in. */
static int carry_out_late(const struct cgroup *cgroup, json_t *details,
                          const struct bundle_resources *resources,
                          struct cgroup *plan, struct error *error)
{
    int status = cgroup_carry_out(plan, resources, error);

    for (int i = 0; status == 0 && i < plan->hierarchy_count; i++) {
        const struct cgroup_hierarchy *hierarchy = &plan->hierarchies[i];

        if (hierarchy->directory < 0 || has_hierarchy(cgroup, hierarchy->mount))
            continue;
        status = move_processes(cgroup, hierarchy->mount, error);
        save_hierarchy(json_object_get(details, "hierarchies"), hierarchy);
    }
    cgroup_leave(plan);
    return status;
}

int cgroup_update(struct cgroup *cgroup, json_t *details,
                  const struct bundle_resources *resources, struct error *error)
{
    struct cgroup plan = {.unified = cgroup->unified};
    int status;

    if (cgroup->hierarchy_count == 0)
        return refuse_without_cgroup(error);
    if (resources->device_count > 0)
        return error_set(error, ENOTSUP,
                         "linux.resources.devices: hold from a container's "
                         "start and cannot be updated");
    memcpy(plan.path, cgroup->path, sizeof(plan.path));
    plan.scope = cgroup->scope;
    status = cgroup_plan_limits(resources, &plan, error);
    if (status == 0 && plan.scope.unit[0] != '\0')
        status = systemd_scope_update(&plan, error);
    if (status == 0)
        return carry_out_late(cgroup, details, resources, &plan, error);
    cgroup_plan_release(&plan);
    return status;
}

/* The file that freezes, and what says so in it. */
static const char *freezer_file(const struct cgroup *cgroup, char *path)
{
    snprintf(path, PATH_SIZE, "%s%s/%s",
             cgroup->unified ? cgroup->hierarchies[0].mount : freezer_mount,
             cgroup->path, cgroup->unified ? "cgroup.events" : "freezer.state");
    return path;
}

bool cgroup_is_frozen(const struct cgroup *cgroup)
{
    char path[PATH_SIZE], text[256];
    _cleanup_close_ int fd = -1;
    ssize_t n;

    if (cgroup->hierarchy_count == 0)
        return false;
    fd = open(freezer_file(cgroup, path), O_RDONLY | O_CLOEXEC);
    n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
    if (n <= 0)
        return false;
    text[n] = '\0';
    return strstr(text, cgroup->unified ? "frozen 1" : "FROZEN") != NULL;
}

static int join_freezer(const struct cgroup *cgroup, json_t *details,
                        struct error *error)
{
    const struct cgroup_hierarchy freezer = {
        .mount = freezer_mount, .controller = "freezer", .required = true};
    struct cgroup plan = {.unified = false};

    if (cgroup->unified || has_hierarchy(cgroup, freezer_mount))
        return 0;
    memcpy(plan.path, cgroup->path, sizeof(plan.path));
    cgroup_plan_hierarchy(&plan, &freezer);
    return carry_out_late(cgroup, details, &bundle_no_resources, &plan, error);
}

static int write_freezer(const struct cgroup *cgroup, bool freeze)
{
    char path[PATH_SIZE];
    const char *value = freeze ? "FROZEN" : "THAWED";
    _cleanup_close_ int fd = -1;

    if (cgroup->unified) {
        value = freeze ? "1" : "0";
        snprintf(path, sizeof(path), "%s%s/cgroup.freeze",
                 cgroup->hierarchies[0].mount, cgroup->path);
    } else {
        (void)freezer_file(cgroup, path);
    }
    fd = open(path, O_WRONLY | O_CLOEXEC);
    return fd < 0 ? -errno : file_write_all(fd, value, strlen(value));
}

int cgroup_freeze(struct cgroup *cgroup, json_t *details, bool freeze,
                  struct error *error)
{
    enum { ATTEMPTS = 1000 };
    const struct timespec interval = {.tv_nsec = 1000000};
    int status;

    if (cgroup->hierarchy_count == 0)
        return refuse_without_cgroup(error);
    status = join_freezer(cgroup, details, error);
    /* v1 may need to be told again while processes are on the move. */
    for (int i = 0; status == 0 && i < ATTEMPTS; i++) {
        status = write_freezer(cgroup, freeze);
        if (status < 0)
            return error_errno(error, -status, "cannot write the freezer");
        if (cgroup_is_frozen(cgroup) == freeze)
            return 0;
        nanosleep(&interval, NULL);
    }
    return status < 0 ? status
                      : error_set(error, ETIMEDOUT,
                                  "the container's processes do not %s within "
                                  "%d s",
                                  freeze ? "freeze" : "thaw", ATTEMPTS / 1000);
}

/* What a runtime that was killed may have made: by its configuration, if it
 * had come to keep that, or else as without one. */
static void assume(const char *id, const char *config, struct cgroup *cgroup)
{
    const struct bundle unknown = {.resources = bundle_no_resources};
    struct error ignored = {0};
    struct bundle bundle;
    bool known = config != NULL &&
                 bundle_load_saved(config, "/", "/", &bundle, &ignored) == 0;

    (void)cgroup_plan(known ? &bundle : &unknown, id, false, cgroup, &ignored);
    cgroup_plan_release(cgroup);
    for (int i = 0; i < cgroup->hierarchy_count; i++)
        cgroup->hierarchies[i].made = 1;
    if (known)
        bundle_release(&bundle);
}

void cgroup_destroy(const char *id, const struct record *record)
{
    struct cgroup cgroup;

    if (record->details != NULL)
        cgroup_restore(record->details, &cgroup);
    else
        assume(id, record->config, &cgroup);
    /* What is frozen does not die. */
    if (cgroup_is_frozen(&cgroup)) {
        struct error ignored = {0};

        (void)cgroup_freeze(&cgroup, record->details, false, &ignored);
    }
    cgroup_remove(&cgroup);
}
