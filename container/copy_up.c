/* Copies a directory tree by descriptor; see copy_up.h. */
#include "container/copy_up.h"

#include "oci/cleanup.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>

enum { DEPTH_MAX = 128 };

static int copy_directory(int from, int to, int depth);

static int copy_data(int from, int to)
{
    enum { CHUNK = 1 << 20 };
    ssize_t n;

    do {
        n = sendfile(to, from, NULL, CHUNK);
    } while (n > 0 || (n < 0 && errno == EINTR));
    return n < 0 ? -errno : 0;
}

static int copy_file(int from, int to, const char *name)
{
    const int flags = O_NOFOLLOW | O_CLOEXEC;
    _cleanup_close_ int source =
        openat(from, name, O_RDONLY | O_NONBLOCK | flags);
    _cleanup_close_ int target = -1;

    if (source < 0)
        return -errno;
    target = openat(to, name, O_WRONLY | O_CREAT | O_EXCL | flags, 0600);
    return target < 0 ? -errno : copy_data(source, target);
}

static int copy_link(int from, int to, const char *name)
{
    char target[PATH_MAX];
    ssize_t n = readlinkat(from, name, target, sizeof(target) - 1);

    if (n < 0)
        return -errno;
    target[n] = '\0';
    return symlinkat(target, to, name) < 0 ? -errno : 0;
}

static int copy_subdirectory(int from, int to, const char *name, int depth)
{
    const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    _cleanup_close_ int source = -1, target = -1;

    if (depth == DEPTH_MAX)
        return -ELOOP;
    if (mkdirat(to, name, 0700) < 0)
        return -errno;
    source = openat(from, name, flags);
    target = openat(to, name, flags);
    return source < 0 || target < 0 ? -errno
                                    : copy_directory(source, target, depth + 1);
}

static int copy_entry(int from, int to, const char *name, int depth)
{
    struct stat status;
    int result;

    if (fstatat(from, name, &status, AT_SYMLINK_NOFOLLOW) < 0)
        return -errno;
    if (S_ISDIR(status.st_mode))
        result = copy_subdirectory(from, to, name, depth);
    else if (S_ISLNK(status.st_mode))
        result = copy_link(from, to, name);
    else if (S_ISREG(status.st_mode))
        result = copy_file(from, to, name);
    else
        result =
            mknodat(to, name, status.st_mode, status.st_rdev) < 0 ? -errno : 0;
    if (result < 0)
        return result;
    if (fchownat(to, name, status.st_uid, status.st_gid, AT_SYMLINK_NOFOLLOW) <
            0 ||
        (!S_ISLNK(status.st_mode) &&
         fchmodat(to, name, status.st_mode & 07777, 0) < 0))
        return -errno;
    return 0;
}

static int copy_directory(int from, int to, int depth)
{
    /* A stream of its own position, whatever kind of descriptor it is. */
    int copy = openat(from, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    _cleanup_directory_ DIR *stream = copy >= 0 ? fdopendir(copy) : NULL;
    const struct dirent *entry;
    int status = 0;

    if (stream == NULL) {
        status = -errno;
        cleanup_close(&copy);
        return status;
    }
    while (status == 0 && (entry = readdir(stream)) != NULL) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            status = copy_entry(from, to, entry->d_name, depth);
    }
    return status;
}

int copy_up(int from, int to, struct error *error)
{
    struct stat status;
    int result =
        fstat(from, &status) < 0 ? -errno : copy_directory(from, to, 0);

    if (result == 0 &&
        (fchownat(to, "", status.st_uid, status.st_gid, AT_EMPTY_PATH) < 0 ||
         fchmodat(to, ".", status.st_mode & 07777, 0) < 0))
        result = -errno;
    return error_status(error, result, "tmpcopyup: cannot copy what is there");
}
