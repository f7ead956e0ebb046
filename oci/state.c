/* The state directory of a container; see state.h. */
#include "oci/state.h"

#include "oci/cleanup.h"
#include "oci/file.h"
#include "oci/path.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

enum { ID_MAX = 128 };

static const char id_characters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                    "abcdefghijklmnopqrstuvwxyz"
                                    "0123456789_+.-";

int state_check_id(const char *id, struct error *error)
{
    size_t length = strlen(id);

    if (length == 0 || length > ID_MAX || id[strspn(id, id_characters)] != 0 ||
        strcmp(id, ".") == 0 || strcmp(id, "..") == 0)
        return error_set(error, EINVAL,
                         "container id \"%.160s\": expected 1 to %d letters, "
                         "digits, or _ + . -",
                         id, ID_MAX);
    return 0;
}

/* In a directory that everybody may write to, look whose it is. */
static int make_private(const char *path, struct error *error)
{
    struct stat status;

    if (mkdir(path, 0700) < 0 && errno != EEXIST)
        return error_errno(error, errno, "%s: cannot make directory", path);
    if (lstat(path, &status) < 0)
        return error_errno(error, errno, "%s: cannot examine", path);
    if (!S_ISDIR(status.st_mode) || status.st_uid != geteuid() ||
        (status.st_mode & 022) != 0)
        return error_set(error, EPERM,
                         "%s: not a directory of yours alone; set "
                         "XDG_RUNTIME_DIR or use --root",
                         path);
    return 0;
}

/* Whether ids are those of a user namespace, where 0 is not the host's root:
 * so an engine that runs without root has us. */
static bool is_mapped(void)
{
    _cleanup_close_ int fd = open("/proc/self/uid_map", O_RDONLY | O_CLOEXEC);
    unsigned int first, outside, count;
    char text[64];
    ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

    text[n > 0 ? n : 0] = '\0';
    if (sscanf(text, "%u %u %u", &first, &outside, &count) != 3)
        return false;
    return first != 0 || outside != 0 || count != UINT32_MAX;
}

int state_default_root(const char *name, char **root, struct error *error)
{
    const char *runtime_directory = getenv("XDG_RUNTIME_DIR");
    const bool has_own =
        runtime_directory != NULL && runtime_directory[0] == '/';
    _cleanup_free_ char *base = NULL;
    int n, status = 0;

    if (geteuid() == 0 && !(has_own && is_mapped())) {
        n = asprintf(&base, "/run/ringside");
    } else if (has_own) {
        n = asprintf(&base, "%s/ringside", runtime_directory);
    } else {
        n = asprintf(&base, "/tmp/ringside-%u", geteuid());
        if (n >= 0)
            status = make_private(base, error);
    }
    if (n < 0)
        base = NULL;
    if (status < 0)
        return status;
    *root = base != NULL ? path_join(base, name) : NULL;
    return *root != NULL ? 0 : error_errno(error, ENOMEM, "state directory");
}

/*
 * Locks the directory at path; flags 0 waits while another has it locked.
 * -EBUSY: it is, and flags were LOCK_NB. -ENOENT: it went.
 */
static int lock_directory(const char *path, int flags)
{
    _cleanup_close_ int fd =
        open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    struct stat status;

    if (fd < 0)
        return -errno;
    if (flock(fd, LOCK_EX | flags) < 0)
        return errno == EWOULDBLOCK ? -EBUSY : -errno;
    /* Its owner may have removed it between our open and our lock. */
    if (fstat(fd, &status) < 0)
        return -errno;
    if (status.st_nlink == 0)
        return -ENOENT;
    return take_fd(&fd);
}

/* What the dead owner left inside is of no use to us. */
static int empty_directory(const char *path, struct error *error)
{
    _cleanup_directory_ DIR *directory = opendir(path);
    struct dirent *entry;
    int status = 0;

    if (directory == NULL)
        return error_errno(error, errno, "%s: cannot read", path);
    while (status == 0 && (entry = readdir(directory)) != NULL) {
        _cleanup_free_ char *inside = NULL;

        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        inside = path_join(path, entry->d_name);
        status = inside != NULL ? tree_remove(inside, error)
                                : error_errno(error, ENOMEM, "%s", path);
    }
    return status;
}

static int refuse_existing(const char *id, struct error *error)
{
    return error_set(error, EEXIST, "container \"%s\" already exists", id);
}

/* One attempt; -ENOENT means that another process was removing it. */
static int try_create(const char *root, const char *id, const char *path,
                      int *lock, struct error *error)
{
    bool existed = false;
    int status;

    if (mkdir(path, 0700) < 0) {
        if (errno == ENOENT) {
            status = directory_make(root, 0700, error);
            if (status < 0)
                return status;
            existed = mkdir(path, 0700) < 0 && errno == EEXIST;
        } else if (errno == EEXIST) {
            existed = true;
        } else {
            return error_errno(error, errno, "%s: cannot make directory", path);
        }
    }
    *lock = lock_directory(path, LOCK_NB);
    /* Before we had locked what we made, a sweep has taken it. */
    if (*lock == -EBUSY && !existed)
        *lock = -ENOENT;
    if (*lock == -EBUSY)
        return refuse_existing(id, error);
    if (*lock < 0 && *lock != -ENOENT && !existed)
        rmdir(path);
    if (*lock < 0)
        return error_errno(error, -*lock, "%s: cannot lock", path);
    if (existed && faccessat(*lock, "state.json", F_OK, 0) == 0) {
        close(take_fd(lock));
        return refuse_existing(id, error);
    }
    return existed ? empty_directory(path, error) : 0;
}

int state_create(const char *root, const char *id, struct state *state,
                 struct error *error)
{
    enum { ATTEMPTS = 8 };
    _cleanup_free_ char *path = path_join(root, id);
    _cleanup_close_ int lock = -1;
    int status = -ENOENT;

    *state = (struct state){.lock = -1};
    if (path == NULL)
        return error_errno(error, ENOMEM, "%s", root);
    for (int i = 0; i < ATTEMPTS && status == -ENOENT; i++)
        status = try_create(root, id, path, &lock, error);
    if (status < 0)
        return status;
    state->directory = take_pointer(path);
    state->lock = take_fd(&lock);
    return 0;
}

int state_open(const char *root, const char *id, struct state *state,
               struct error *error)
{
    _cleanup_free_ char *path = path_join(root, id);
    int lock;

    *state = (struct state){.lock = -1};
    if (path == NULL)
        return error_errno(error, ENOMEM, "%s", root);
    lock = lock_directory(path, 0);
    if (lock == -ENOENT)
        return error_set(error, ENOENT, "container \"%s\" does not exist", id);
    if (lock < 0)
        return error_errno(error, -lock, "%s: cannot lock", path);
    state->directory = take_pointer(path);
    state->lock = lock;
    return 0;
}

void state_unlock(const struct state *state)
{
    flock(state->lock, LOCK_UN);
}

int state_lock(const struct state *state)
{
    struct stat status;

    while (flock(state->lock, LOCK_EX) < 0) {
        if (errno != EINTR)
            return -errno;
    }
    if (fstat(state->lock, &status) < 0)
        return -errno;
    return status.st_nlink == 0 ? -ENOENT : 0;
}

void state_close(struct state *state)
{
    if (state->directory == NULL)
        return;
    free(take_pointer(state->directory));
    close(take_fd(&state->lock));
}

static void sweep_one(const char *path)
{
    struct error ignored = {0};
    int lock = lock_directory(path, LOCK_NB);

    if (lock < 0)
        return;
    (void)tree_remove(path, &ignored);
    close(lock);
}

void state_sweep(const struct state *state, const char *prefix)
{
    _cleanup_free_ char *root = strdup(state->directory);
    _cleanup_directory_ DIR *directory = NULL;
    struct dirent *entry;

    if (root == NULL)
        return;
    *strrchr(root, '/') = '\0';
    directory = opendir(root);
    while (directory != NULL && (entry = readdir(directory)) != NULL) {
        _cleanup_free_ char *path = NULL;

        if (strncmp(entry->d_name, prefix, strlen(prefix)) != 0)
            continue;
        path = path_join(root, entry->d_name);
        /* Our own is locked, as is everybody's who lives. */
        if (path != NULL)
            sweep_one(path);
    }
}

static const char *const usual_files[] = {"state.json", "config.json", "start"};

void state_remove(struct state *state)
{
    struct error ignored = {0};

    if (state->directory == NULL)
        return;
    /* Mostly nothing else is there. What cannot be removed is taken over by
     * the next container of that id. */
    for (size_t i = 0; i < sizeof(usual_files) / sizeof(usual_files[0]); i++)
        (void)unlinkat(state->lock, usual_files[i], 0);
    if (rmdir(state->directory) < 0)
        (void)tree_remove(state->directory, &ignored);
    state_close(state);
}
