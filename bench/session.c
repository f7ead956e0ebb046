/* A session's beginning and end; see session.h for the contract. */
#include "bench/session.h"

#include "bench/session_internal.h"
#include "bench/words.h"
#include "oci/file.h"

#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

char **session_bases(void)
{
    static const char *const roots[] = {"/run/ringside-bench",
                                        "/var/tmp/ringside-bench-0", NULL};
    const char *chosen = getenv("RINGSIDE_RUNTIME_DIR");
    const char *runtime = getenv("XDG_RUNTIME_DIR");
    _cleanup_words_ char **bases = words_copy(NULL);
    _cleanup_free_ char *own = NULL, *tmp = NULL, *var = NULL;

    if (bases == NULL)
        return NULL;
    if (chosen != NULL && *chosen == '/')
        return words_append(&bases, chosen) < 0 ? NULL : take_pointer(bases);
    if (geteuid() == 0)
        return words_append_all(&bases, (char *const *)roots) < 0
                   ? NULL
                   : take_pointer(bases);
    if (runtime != NULL && *runtime == '/') {
        own = text_format("%s/ringside-bench", runtime);
        if (own == NULL || words_append(&bases, own) < 0)
            return NULL;
    }
    tmp = text_format("/tmp/ringside-bench-%u", geteuid());
    var = text_format("/var/tmp/ringside-bench-%u", geteuid());
    if (tmp == NULL || var == NULL || words_append(&bases, tmp) < 0 ||
        words_append(&bases, var) < 0)
        return NULL;
    return take_pointer(bases);
}

int session_lock_base(const char *base, bool make, struct error *error)
{
    _cleanup_free_ char *path = text_format("%s/lock", base);
    _cleanup_close_ int lock = -1;
    struct stat status;

    if (path == NULL)
        return error_set(error, ENOMEM, "out of memory");
    if (make && mkdir(base, 0700) < 0 && errno != EEXIST)
        return error_errno(error, errno, "%s", base);
    if (lstat(base, &status) < 0)
        return error_errno(error, errno, "%s", base);
    if (!S_ISDIR(status.st_mode) || status.st_uid != geteuid() ||
        (status.st_mode & 022) != 0)
        return error_set(error, EPERM,
                         "%s: not a directory of ours alone; remove it", base);
    lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (lock < 0)
        return error_errno(error, errno, "%s", path);
    while (flock(lock, LOCK_EX) < 0) {
        if (errno != EINTR)
            return error_errno(error, errno, "%s", path);
    }
    return take_fd(&lock);
}

static bool may_execute_from(const char *base)
{
    struct statvfs status;

    return statvfs(base, &status) == 0 && (status.f_flag & ST_NOEXEC) == 0;
}

static int make_id(char id[SESSION_ID_SIZE], struct error *error)
{
    unsigned long long number;

    if (getrandom(&number, sizeof(number), 0) != sizeof(number))
        return error_errno(error, errno, "getrandom");
    snprintf(id, SESSION_ID_SIZE, "%016llx", number);
    return 0;
}

/* Makes BASE/ID and its lock; the caller holds BASE/lock. */
static int make_directory(const char *base, struct session *session,
                          struct error *error)
{
    _cleanup_free_ char *path = NULL;

    session->directory = text_format("%s/%s", base, session->id);
    path = text_format("%s/%s/session", base, session->id);
    if (session->directory == NULL || path == NULL)
        return error_set(error, ENOMEM, "out of memory");
    if (mkdir(session->directory, 0700) < 0)
        return error_errno(error, errno, "%s", session->directory);
    session->lock = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (session->lock < 0 || flock(session->lock, LOCK_EX | LOCK_NB) < 0)
        return error_errno(error, errno, "%s", path);
    return 0;
}

/* In the first base that will do. */
static int place(struct session *session, struct error *error)
{
    _cleanup_words_ char **bases = session_bases();

    if (bases == NULL)
        return error_set(error, ENOMEM, "out of memory");
    error_set(error, EACCES, "no directory for a session");
    for (size_t i = 0; bases[i] != NULL; i++) {
        _cleanup_close_ int lock = session_lock_base(bases[i], true, error);

        if (lock < 0)
            continue;
        if (may_execute_from(bases[i]))
            return make_directory(bases[i], session, error);
        error_set(error, EACCES, "%s: mounted noexec", bases[i]);
    }
    return -error->code;
}

int session_open(struct session *session, struct error *error)
{
    int result;

    *session = (struct session){.lock = -1};
    if (prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
        return error_errno(error, errno, "prctl(PR_SET_CHILD_SUBREAPER)");
    result = cgroup_host_read("/proc/self/mountinfo", &session->host, error);
    if (result == 0)
        result = make_id(session->id, error);
    if (result == 0)
        result = place(session, error);
    if (result < 0) {
        struct error ignored = {0};

        session_close(session, &ignored);
        return result;
    }
    session->has_cgroups = cgroup_session_create(&session->host, session->id);
    return 0;
}

int session_close(struct session *session, struct error *error)
{
    int result = 0;

    if (session->lock >= 0)
        result = session_destroy(&session->host, session->id,
                                 session->directory, error);
    cleanup_close(&session->lock);
    cgroup_host_release(&session->host);
    free(session->directory);
    *session = (struct session){.lock = -1};
    return result;
}
