/* Directories and processes of control groups; see cgroup.h. */
#include "bench/cgroup.h"

#include "bench/clock.h"
#include "bench/files.h"
#include "bench/words.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

enum { MAX_DEPTH = 16, MAX_PIDS = 4096 };

/* MOUNT/ringside-bench-SESSION, or a path below it. */
static char *session_path(const struct cgroup_hierarchy *hierarchy,
                          const char *session, const char *below)
{
    return text_format("%s/" CGROUP_SESSION_PREFIX "%s%s", hierarchy->mount,
                       session, below);
}

/*
 * Hands a controller on to the children. Each by itself: one that is not
 * there or not ours to give must not keep the others from us.
 */
static void enable_controllers(const char *directory)
{
    static const char *const words[] = {"+memory", "+pids"};
    _cleanup_free_ char *path =
        text_format("%s/cgroup.subtree_control", directory);

    for (size_t i = 0; path != NULL && i < sizeof(words) / sizeof(*words); i++)
        file_write(path, words[i]);
}

static bool create_in(struct cgroup_hierarchy *hierarchy, const char *session)
{
    _cleanup_free_ char *path = session_path(hierarchy, session, "");
    _cleanup_free_ char *charge = NULL;

    if (!hierarchy->unified && hierarchy->controllers == 0)
        return false;
    if (path == NULL || mkdir(path, 0755) < 0)
        return false;
    if (hierarchy->unified) {
        enable_controllers(hierarchy->mount);
        enable_controllers(path);
    } else if (hierarchy->controllers & CGROUP_MEMORY) {
        /* Kernels before 5.11 charge a parent only when told to. */
        charge = text_format("%s/memory.use_hierarchy", path);
        if (charge != NULL)
            file_write(charge, "1");
    }
    return true;
}

bool cgroup_session_create(struct cgroup_host *host, const char *session)
{
    bool any = false;

    /* Version 1 first: on a hybrid host it has all the accounts, and joining
     * it costs less (see join_file). */
    for (int unified = 0; unified < 2 && !any; unified++) {
        for (size_t i = 0; i < host->count; i++) {
            struct cgroup_hierarchy *hierarchy = &host->hierarchies[i];

            if (hierarchy->unified != (unified == 1))
                continue;
            hierarchy->used = create_in(hierarchy, session);
            any = any || hierarchy->used;
        }
    }
    return any;
}

unsigned cgroup_session_controllers(const struct cgroup_host *host,
                                    const char *session)
{
    unsigned controllers = 0;

    for (size_t i = 0; i < host->count; i++) {
        const struct cgroup_hierarchy *hierarchy = &host->hierarchies[i];
        _cleanup_free_ char *path =
            session_path(hierarchy, session, "/cgroup.subtree_control");
        char list[512];

        if (!hierarchy->used)
            continue;
        if (!hierarchy->unified)
            controllers |= hierarchy->controllers;
        else if (path != NULL && file_read(path, list, sizeof(list)) >= 0)
            controllers |= cgroup_controller_bits(list);
    }
    return controllers;
}

/*
 * The file by which a child joins. In version 1 that is `tasks`: a thread
 * that moves itself there takes no lock, while a move by cgroup.procs waits
 * for an RCU grace period, some 10 ms, and makes the moves of whatever runs
 * next cheaper (kernel/cgroup/cgroup.c, cgroup_procs_write_start).
 */
static const char *join_file(const struct cgroup_hierarchy *hierarchy)
{
    return hierarchy->unified ? "cgroup.procs" : "tasks";
}

/* Makes a directory below the session's and opens its file for joining. */
static int create_joinable(const struct cgroup_hierarchy *hierarchy,
                           const char *session, const char *below, int *file,
                           struct error *error)
{
    _cleanup_free_ char *path = session_path(hierarchy, session, below);
    _cleanup_free_ char *join =
        path == NULL ? NULL : text_format("%s/%s", path, join_file(hierarchy));

    if (join == NULL)
        return error_set(error, ENOMEM, "out of memory");
    if (mkdir(path, 0755) < 0 && errno != EEXIST)
        return error_errno(error, errno, "%s", path);
    *file = open(join, O_WRONLY | O_CLOEXEC);
    return *file < 0 ? error_errno(error, errno, "%s", join) : 0;
}

static int create_run_in(const struct cgroup_hierarchy *hierarchy,
                         const char *session, const char *platform, int *file,
                         struct error *error)
{
    _cleanup_free_ char *run = session_path(hierarchy, session, "/run");

    (void)platform;
    if (run == NULL)
        return error_set(error, ENOMEM, "out of memory");
    if (mkdir(run, 0755) < 0)
        return error_errno(error, errno, "%s", run);
    if (hierarchy->unified)
        enable_controllers(run);
    return create_joinable(hierarchy, session, "/run/platform", file, error);
}

static int create_kept_in(const struct cgroup_hierarchy *hierarchy,
                          const char *session, const char *platform, int *file,
                          struct error *error)
{
    _cleanup_free_ char *below =
        text_format("/" CGROUP_KEPT_PREFIX "%s", platform);

    return below == NULL
               ? error_set(error, ENOMEM, "out of memory")
               : create_joinable(hierarchy, session, below, file, error);
}

/* create() in each hierarchy of the session; all of them or none. */
static int create_everywhere(
    const struct cgroup_host *host, const char *session, const char *platform,
    int (*create)(const struct cgroup_hierarchy *hierarchy, const char *session,
                  const char *platform, int *file, struct error *error),
    int files[CGROUP_MAX_HIERARCHIES], size_t *count, struct error *error)
{
    *count = 0;
    for (size_t i = 0; i < host->count; i++) {
        int result;

        if (!host->hierarchies[i].used)
            continue;
        result = create(&host->hierarchies[i], session, platform,
                        &files[*count], error);
        if (result < 0) {
            while (*count > 0)
                close(files[--*count]);
            return result;
        }
        ++*count;
    }
    return 0;
}

int cgroup_run_create(const struct cgroup_host *host, const char *session,
                      int files[CGROUP_MAX_HIERARCHIES], size_t *count,
                      struct error *error)
{
    return create_everywhere(host, session, NULL, create_run_in, files, count,
                             error);
}

int cgroup_kept_open(const struct cgroup_host *host, const char *session,
                     const char *platform, int files[CGROUP_MAX_HIERARCHIES],
                     size_t *count, struct error *error)
{
    return create_everywhere(host, session, platform, create_kept_in, files,
                             count, error);
}

/*
 * Calls visit(directory) for a directory and all below it, deepest first.
 * Returns the first result that is not 0.
 */
static int walk(const char *directory, int depth,
                int (*visit)(const char *directory, void *context),
                void *context)
{
    _cleanup_directory_ DIR *stream = opendir(directory);
    struct dirent *entry;
    int result = 0;

    if (stream == NULL)
        return errno == ENOENT ? 0 : -errno;
    while (result == 0 && (entry = readdir(stream)) != NULL) {
        _cleanup_free_ char *path = NULL;

        if (entry->d_type != DT_DIR || entry->d_name[0] == '.')
            continue;
        path = text_format("%s/%s", directory, entry->d_name);
        if (path == NULL || depth == MAX_DEPTH)
            return path == NULL ? -ENOMEM : -ELOOP;
        result = walk(path, depth + 1, visit, context);
    }
    return result != 0 ? result : visit(directory, context);
}

struct pid_set {
    pid_t *pids;
    size_t count, room;
};

static bool pid_set_holds(const struct pid_set *set, pid_t pid)
{
    for (size_t i = 0; i < set->count && i < set->room; i++) {
        if (set->pids[i] == pid)
            return true;
    }
    return false;
}

static int collect_pids(const char *directory, void *context)
{
    struct pid_set *set = context;
    _cleanup_free_ char *path = text_format("%s/cgroup.procs", directory);
    _cleanup_file_ FILE *file = path == NULL ? NULL : fopen(path, "re");
    int pid;

    /* A process of another pid namespace reads as 0. */
    while (file != NULL && fscanf(file, "%d", &pid) == 1) {
        if (pid <= 0 || pid_set_holds(set, pid))
            continue;
        if (set->count < set->room)
            set->pids[set->count] = pid;
        set->count++;
    }
    return 0;
}

static size_t pids_below(const struct cgroup_host *host, const char *session,
                         const char *below, pid_t *pids, size_t room)
{
    struct pid_set set = {.pids = pids, .room = room};

    for (size_t i = 0; i < host->count; i++) {
        _cleanup_free_ char *path =
            session_path(&host->hierarchies[i], session, below);

        if (path != NULL)
            walk(path, 0, collect_pids, &set);
    }
    return set.count;
}

size_t cgroup_pids(const struct cgroup_host *host, const char *session,
                   const char *group, pid_t *pids, size_t room)
{
    _cleanup_free_ char *below = text_format("/%s", group);

    return below == NULL ? 0 : pids_below(host, session, below, pids, room);
}

/*
 * Makes killing final: no new processes (pids.max), nothing frozen that could
 * not die (v1 freezer), and on version 2 one stroke for all (cgroup.kill,
 * Linux 5.14). Files that a hierarchy does not have are passed over.
 */
static int strike(const char *directory, void *context)
{
    static const struct {
        const char *file, *text;
    } blows[] = {
        {"pids.max", "0"}, {"freezer.state", "THAWED"}, {"cgroup.kill", "1"}};

    (void)context;
    for (size_t i = 0; i < sizeof(blows) / sizeof(*blows); i++) {
        _cleanup_free_ char *path =
            text_format("%s/%s", directory, blows[i].file);

        if (path != NULL)
            file_write(path, blows[i].text);
    }
    return 0;
}

static bool kill_below(const struct cgroup_host *host, const char *session,
                       const char *below, int milliseconds)
{
    int64_t deadline = clock_now() + milliseconds * NS_PER_MS;
    _cleanup_free_ pid_t *pids = calloc(MAX_PIDS, sizeof(*pids));
    size_t count;

    if (pids == NULL)
        return false;
    count = pids_below(host, session, below, pids, MAX_PIDS);
    for (size_t i = 0; count > 0 && i < host->count; i++) {
        _cleanup_free_ char *path =
            session_path(&host->hierarchies[i], session, below);

        if (path != NULL)
            walk(path, 0, strike, NULL);
    }
    while (count > 0) {
        for (size_t i = 0; i < count && i < MAX_PIDS; i++)
            kill(pids[i], SIGKILL);
        if (clock_now() > deadline)
            return false;
        clock_sleep(NS_PER_MS);
        count = pids_below(host, session, below, pids, MAX_PIDS);
    }
    return true;
}

bool cgroup_kill(const struct cgroup_host *host, const char *session,
                 int milliseconds)
{
    return kill_below(host, session, "/run", milliseconds);
}

bool cgroup_kill_session(const struct cgroup_host *host, const char *session,
                         int milliseconds)
{
    return kill_below(host, session, "", milliseconds);
}

static int remove_directory(const char *directory, void *context)
{
    (void)context;
    return rmdir(directory) < 0 && errno != ENOENT ? -errno : 0;
}

/*
 * A process that has just died can keep its cgroup busy for a moment, until
 * it is reaped; anything longer is an error.
 */
static int remove_tree(const char *path, struct error *error)
{
    int64_t deadline = clock_now() + NS_PER_SECOND;
    int result;

    while ((result = walk(path, 0, remove_directory, NULL)) == -EBUSY &&
           clock_now() < deadline)
        clock_sleep(NS_PER_MS);
    return result < 0 ? error_errno(error, -result, "%s", path) : 0;
}

static int remove_everywhere(const struct cgroup_host *host,
                             const char *session, const char *below,
                             struct error *error)
{
    int result = 0;

    for (size_t i = 0; i < host->count; i++) {
        struct error local = {0};
        _cleanup_free_ char *path =
            session_path(&host->hierarchies[i], session, below);

        if (path != NULL && remove_tree(path, &local) < 0 && result == 0) {
            *error = local;
            result = -local.code;
        }
    }
    return result;
}

int cgroup_run_remove(const struct cgroup_host *host, const char *session,
                      struct error *error)
{
    return remove_everywhere(host, session, "/run", error);
}

int cgroup_session_remove(const struct cgroup_host *host, const char *session,
                          struct error *error)
{
    return remove_everywhere(host, session, "", error);
}
