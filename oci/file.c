/* Files and directory trees; see file.h for the contracts. */
#include "oci/file.h"

#include "oci/cleanup.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

int file_write_all(int fd, const void *data, size_t size)
{
    size_t done = 0;

    while (done < size) {
        ssize_t n = write(fd, (const char *)data + done, size - done);

        if (n < 0 && errno != EINTR)
            return -errno;
        done += n > 0 ? (size_t)n : 0;
    }
    return 0;
}

int file_replace(const char *path, const char *text, struct error *error)
{
    _cleanup_free_ char *temporary = NULL;
    _cleanup_close_ int fd = -1;
    int status;

    if (asprintf(&temporary, "%s.%d", path, (int)getpid()) < 0) {
        temporary = NULL;
        return error_errno(error, ENOMEM, "%s", path);
    }
    fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0)
        return error_errno(error, errno, "%s: cannot create", path);
    status = file_write_all(fd, text, strlen(text));
    if (status == 0 && rename(temporary, path) < 0)
        status = -errno;
    if (status < 0) {
        unlink(temporary);
        return error_errno(error, -status, "%s: cannot write", path);
    }
    return 0;
}

/* copy_file_range where the file systems allow it, else through a buffer. */
static int copy_data(int from, int to)
{
    char buffer[16384];
    ssize_t n;

    while ((n = copy_file_range(from, NULL, to, NULL, 1 << 30, 0)) > 0)
        ;
    if (n == 0)
        return 0;
    if (errno != EXDEV && errno != EINVAL && errno != ENOSYS &&
        errno != EOPNOTSUPP)
        return -errno;
    while ((n = read(from, buffer, sizeof(buffer))) != 0) {
        int status;

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        status = file_write_all(to, buffer, (size_t)n);
        if (status < 0)
            return status;
    }
    return 0;
}

int file_copy(const char *source, const char *target, mode_t mode,
              struct error *error)
{
    _cleanup_close_ int from = open(source, O_RDONLY | O_CLOEXEC);
    _cleanup_close_ int to = -1;
    int status;

    if (from < 0)
        return error_errno(error, errno, "%s: cannot open", source);
    if (unlink(target) < 0 && errno != ENOENT)
        return error_errno(error, errno, "%s: cannot replace", target);
    to = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (to < 0)
        return error_errno(error, errno, "%s: cannot create", target);
    status = copy_data(from, to);
    if (status < 0)
        return error_errno(error, -status, "%s: cannot copy to %s", source,
                           target);
    if (fchmod(to, mode) < 0)
        return error_errno(error, errno, "%s: cannot set mode", target);
    return 0;
}

static int make_one(const char *path, mode_t mode, struct error *error)
{
    struct stat status;

    if (mkdir(path, mode) == 0)
        return 0;
    if (errno != EEXIST)
        return error_errno(error, errno, "%s: cannot make directory", path);
    if (stat(path, &status) < 0)
        return error_errno(error, errno, "%s: cannot examine", path);
    if (!S_ISDIR(status.st_mode))
        return error_set(error, ENOTDIR, "%s: not a directory", path);
    return 0;
}

int directory_make(const char *path, mode_t mode, struct error *error)
{
    _cleanup_free_ char *copy = NULL;

    /* Most often only the last one is missing. */
    if (mkdir(path, mode) == 0)
        return 0;
    copy = strdup(path);
    if (copy == NULL)
        return error_errno(error, ENOMEM, "%s", path);
    for (char *slash = strchr(copy + 1, '/'); slash != NULL;
         slash = strchr(slash + 1, '/')) {
        int status;

        *slash = '\0';
        status = make_one(copy, mode, error);
        *slash = '/';
        if (status < 0)
            return status;
    }
    return make_one(path, mode, error);
}
