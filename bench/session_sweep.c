/* Ending sessions, our own and those of the dead; see session.h. */
#include "bench/function_trace.h"
#include "bench/session.h"

#include "bench/clock.h"
#include "bench/process.h"
#include "bench/session_internal.h"
#include "bench/words.h"
#include "oci/file.h"

#include <fcntl.h>
#include <fts.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>

enum {
    KILL_MILLISECONDS = 5000,
    /* A harness that has just been killed holds its lock until it is gone. */
    DYING_MILLISECONDS = 200,
};

/* Kills every process that executes this file; returns how many. */
static size_t kill_executing(const struct stat *status)
{
    pid_t pids[256];
    size_t count = process_executing(status->st_dev, status->st_ino, pids, 256);

    for (size_t i = 0; i < count; i++)
        kill(pids[i], SIGKILL);
    return count;
}

/*
 * Without cgroups, what a dead session started is known by the file that it
 * executes: our copy of the program, which nobody else has. The platform's
 * own processes died with the harness (PR_SET_PDEATHSIG).
 */
static void kill_programs(const char *directory)
{
    _cleanup_free_ char *copy = strdup(directory);
    char *const roots[] = {copy, NULL};
    int64_t deadline = clock_now() + KILL_MILLISECONDS * NS_PER_MS;
    FTS *walk =
        copy == NULL ? NULL : fts_open(roots, FTS_PHYSICAL | FTS_XDEV, NULL);
    FTSENT *entry;

    while (walk != NULL && (entry = fts_read(walk)) != NULL) {
        if (entry->fts_info != FTS_F || (entry->fts_statp->st_mode & 0111) == 0)
            continue;
        while (kill_executing(entry->fts_statp) > 0 && clock_now() < deadline) {
            clock_sleep(NS_PER_MS);
            process_reap(0, NULL);
        }
    }
    if (walk != NULL)
        fts_close(walk);
}

/*
 * Unmounts the first mount point below the directory; true when there was
 * one and it is gone.
 */
static bool unmount_one(const char *directory)
{
    _cleanup_file_ FILE *file = fopen("/proc/self/mountinfo", "re");
    _cleanup_free_ char *line = NULL;
    size_t size = 0, length = strlen(directory);

    while (file != NULL && getline(&line, &size, file) > 0) {
        _cleanup_free_ char *mount = NULL;

        if (sscanf(line, "%*s %*s %*s %*s %ms", &mount) == 1 &&
            strncmp(mount, directory, length) == 0 && mount[length] == '/')
            return umount2(mount, MNT_DETACH | UMOUNT_NOFOLLOW) == 0;
    }
    return false;
}

int session_destroy(const struct cgroup_host *host, const char *id,
                    const char *directory, struct error *error)
{
    struct error first = {0};

    cgroup_kill_session(host, id, KILL_MILLISECONDS);
    kill_programs(directory);
    process_reap(0, NULL);
    while (unmount_one(directory))
        continue;
    cgroup_session_remove(host, id, &first);
    /* The directory goes last: while it is there, a sweep finds the rest. */
    if (first.code == 0)
        tree_remove(directory, &first);
    if (first.code != 0)
        *error = first;
    return -first.code;
}

/* An id is what make_id makes; other directories are not ours to remove. */
static bool is_id(const char *name)
{
    return strlen(name) == SESSION_ID_SIZE - 1 &&
           strspn(name, "0123456789abcdef") == SESSION_ID_SIZE - 1;
}

/* Takes a session's lock unless its owner lives. */
static bool take_lock(int lock)
{
    int64_t deadline = clock_now() + DYING_MILLISECONDS * NS_PER_MS;

    while (flock(lock, LOCK_EX | LOCK_NB) < 0) {
        if (clock_now() > deadline)
            return false;
        clock_sleep(5 * NS_PER_MS);
    }
    return true;
}

/* Destroys one session if nobody holds it. */
static int sweep_session(const struct cgroup_host *host, const char *base,
                         const char *id, int *swept, int *live,
                         struct error *error)
{
    _cleanup_free_ char *directory = text_format("%s/%s", base, id);
    _cleanup_free_ char *path = text_format("%s/%s/session", base, id);
    _cleanup_close_ int lock = -1;

    if (directory == NULL || path == NULL)
        return error_set(error, ENOMEM, "out of memory");
    /* Without the file its owner died while making it: the base is locked. */
    lock = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (lock < 0 && errno != ENOENT)
        return error_errno(error, errno, "%s", path);
    if (lock >= 0 && !take_lock(lock)) {
        ++*live;
        return 0;
    }
    ++*swept;
    return session_destroy(host, id, directory, error);
}

static int sweep_base(const struct cgroup_host *host, const char *base,
                      int *swept, int *live, struct error *error)
{
    struct error ignored = {0};
    _cleanup_close_ int lock = session_lock_base(base, false, &ignored);
    _cleanup_directory_ DIR *stream = NULL;
    struct dirent *entry;
    int result = 0;

    /* What is absent, or not ours, holds no session of ours. */
    if (lock < 0)
        return 0;
    stream = opendir(base);
    if (stream == NULL)
        return error_errno(error, errno, "%s", base);
    while ((entry = readdir(stream)) != NULL) {
        struct error local = {0};

        if (is_id(entry->d_name) &&
            sweep_session(host, base, entry->d_name, swept, live, &local) < 0) {
            *error = local;
            result = -local.code;
        }
    }
    return result;
}

int session_sweep(int *swept, int *live, struct error *error)
{
    _cleanup_words_ char **bases = session_bases();
    struct cgroup_host host;
    int result;

    *swept = *live = 0;
    function_trace_sweep();
    if (bases == NULL)
        return error_set(error, ENOMEM, "out of memory");
    result = cgroup_host_read("/proc/self/mountinfo", &host, error);
    if (result < 0)
        return result;
    for (size_t i = 0; bases[i] != NULL && result == 0; i++)
        result = sweep_base(&host, bases[i], swept, live, error);
    cgroup_host_release(&host);
    return result;
}
