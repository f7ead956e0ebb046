/* The directory of archives; see root_cache.h. */
#include "vmm/root_cache.h"

#include "oci/cache.h"
#include "oci/cleanup.h"
#include "vmm/root_cache_trim.h"
#include "vmm/root_index.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    DIGEST_PREFIX = 8, /* of its digits: where a tree is locked */
    TOUCH_SECONDS = 600,
};

static int open_lock(struct root_cache *cache, struct error *error)
{
    cache->lock = openat(cache->directory, "lock",
                         O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (cache->lock < 0)
        return error_errno(error, errno, "%s/lock", cache->path);
    return 0;
}

int root_cache_open(struct root_cache *cache, const char *path,
                    struct error *error)
{
    struct error ignored = {0};
    struct error *mine = path != NULL ? error : &ignored;
    int status;

    *cache = ROOT_CACHE_NONE;
    cache->maximum_bytes = ROOT_CACHE_DEFAULT_SIZE;
    if (path != NULL && strlen(path) >= sizeof(cache->path))
        return error_set(error, ENAMETOOLONG, "--cache: path too long");
    if (path != NULL)
        snprintf(cache->path, sizeof(cache->path), "%s", path);
    else if (!cache_usual_path(cache->path, sizeof(cache->path)))
        return 0;
    cache->directory = cache_open(cache->path, mine);
    if (cache->directory < 0) {
        status = cache->directory;
    } else {
        status = cache_check_owner(cache->directory, cache->path, error);
        if (status < 0) {
            root_cache_release(cache);
            return status;
        }
        status = open_lock(cache, mine);
    }
    if (status < 0)
        root_cache_release(cache);
    return path != NULL ? status : 0;
}

void root_cache_release(struct root_cache *cache)
{
    cleanup_close(&cache->lock);
    cleanup_close(&cache->directory);
    cache->directory = cache->lock = -1;
}

/* Its modification time says when an archive was last used. */
static void touch(int file, const struct stat *status)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    if (now.tv_sec - status->st_mtime > TOUCH_SECONDS)
        futimens(file, NULL);
}

/* What is no archive, be it by a full disk or a curious user, goes. */
static int open_archive(const struct root_cache *cache, const char *name)
{
    _cleanup_close_ int file =
        openat(cache->directory, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    struct stat status;
    uint64_t size;

    if (file < 0)
        return -ENOENT;
    if (fstat(file, &status) < 0 || root_index_probe(file, &size) < 0) {
        root_cache_drop(cache, name);
        return -ENOENT;
    }
    touch(file, &status);
    return take_fd(&file);
}

int root_cache_find(const struct root_cache *cache, const char *digest)
{
    char name[ROOT_CACHE_NAME];

    snprintf(name, sizeof(name), ROOT_CACHE_ARCHIVE "%s", digest);
    return open_archive(cache, name);
}

int root_cache_find_tree(const struct root_cache *cache,
                         const struct root_tree *tree)
{
    char name[ROOT_CACHE_NAME], target[ROOT_CACHE_NAME];
    ssize_t length;

    snprintf(name, sizeof(name), ROOT_CACHE_TREE "%s", tree->digest);
    length = readlinkat(cache->directory, name, target, sizeof(target) - 1);
    if (length < 0)
        return -ENOENT;
    target[length] = '\0';
    if (strncmp(target, ROOT_CACHE_ARCHIVE, strlen(ROOT_CACHE_ARCHIVE)) != 0 ||
        strchr(target, '/') != NULL)
        return -ENOENT;
    return open_archive(cache, target);
}

/* One byte of the lock file stands for a tree. */
int root_cache_lock(const struct root_cache *cache,
                    const struct root_tree *tree)
{
    char prefix[DIGEST_PREFIX + 1] = {0};
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1};

    memcpy(prefix, tree->digest, DIGEST_PREFIX);
    lock.l_start = (off_t)strtoul(prefix, NULL, 16);
    return fcntl(cache->lock, F_OFD_SETLKW, &lock) < 0 ? -errno : 0;
}

int root_cache_begin(const struct root_cache *cache, char name[ROOT_CACHE_NAME],
                     struct error *error)
{
    uint64_t number;
    int file;

    if (getrandom(&number, sizeof(number), 0) != sizeof(number))
        return error_errno(error, errno, "getrandom");
    snprintf(name, ROOT_CACHE_NAME, ROOT_CACHE_NEW "%016llx",
             (unsigned long long)number);
    file = openat(cache->directory, name,
                  O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0400);
    if (file < 0)
        return error_errno(error, errno, "cannot write to %s", cache->path);
    if (flock(file, LOCK_EX) < 0) {
        int code = errno;

        root_cache_drop(cache, name);
        close(file);
        return error_errno(error, code, "cannot lock a file in %s",
                           cache->path);
    }
    return file;
}

void root_cache_drop(const struct root_cache *cache, const char *name)
{
    unlinkat(cache->directory, name, 0);
}

/* The link may be there already, pointing to what has been removed. */
static int note_tree(const struct root_cache *cache,
                     const struct root_tree *tree, const char *target,
                     struct error *error)
{
    char name[ROOT_CACHE_NAME];

    snprintf(name, sizeof(name), ROOT_CACHE_TREE "%s", tree->digest);
    root_cache_drop(cache, name);
    if (symlinkat(target, cache->directory, name) < 0 && errno != EEXIST)
        return error_errno(error, errno, "cannot make a link in %s",
                           cache->path);
    return 0;
}

int root_cache_keep(const struct root_cache *cache, int file, const char *name,
                    const struct root_tree *tree, const char *digest,
                    struct error *error)
{
    char final[ROOT_CACHE_NAME];
    struct stat status;
    int result;

    if (fstat(file, &status) < 0)
        return error_errno(error, errno, "%s", cache->path);
    if (status.st_size > cache->maximum_bytes)
        return 0;
    snprintf(final, sizeof(final), ROOT_CACHE_ARCHIVE "%s", digest);
    if (faccessat(cache->directory, final, F_OK, 0) < 0) {
        /* The name must not outlive the bytes in a crash of the host. */
        if (fsync(file) < 0)
            return error_errno(error, errno, "cannot write to %s", cache->path);
        if (linkat(cache->directory, name, cache->directory, final, 0) < 0 &&
            errno != EEXIST)
            return error_errno(error, errno, "cannot name an archive in %s",
                               cache->path);
    }
    result = note_tree(cache, tree, final, error);
    root_cache_trim(cache);
    return result;
}
