/* A file that is whole once it has its name; see snapshot_file.h. */
#include "vmm/snapshot_file.h"

#include "oci/cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Without a name where the file system can (O_TMPFILE of open(2)), so that
 * nothing stays when we are killed. */
static int open_unnamed(const char *path)
{
    const char *slash = strrchr(path, '/');
    _cleanup_free_ char *directory =
        slash == NULL   ? strdup(".")
        : slash == path ? strdup("/")
                        : strndup(path, (size_t)(slash - path));

    return directory == NULL
               ? -1
               : open(directory, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
}

int snapshot_file_create(struct snapshot_file *file, const char *path,
                         struct error *error)
{
    *file = SNAPSHOT_FILE_NONE;
    file->path = path;
    if (asprintf(&file->temporary, "%s.%d", path, (int)getpid()) < 0) {
        file->temporary = NULL;
        return error_errno(error, ENOMEM, "%s", path);
    }
    file->fd = open_unnamed(path);
    if (file->fd >= 0)
        return 0;
    file->fd =
        open(file->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file->fd < 0)
        return error_errno(error, errno, "%s: cannot create", path);
    file->is_named = true;
    return 0;
}

/* Over what is there a file comes only by way of a second name. */
static int give_name(struct snapshot_file *file)
{
    char link[32];

    snprintf(link, sizeof(link), "/proc/self/fd/%d", file->fd);
    if (!file->is_named) {
        if (linkat(AT_FDCWD, link, AT_FDCWD, file->path, AT_SYMLINK_FOLLOW) ==
            0)
            return 0;
        if (errno != EEXIST || linkat(AT_FDCWD, link, AT_FDCWD, file->temporary,
                                      AT_SYMLINK_FOLLOW) < 0)
            return -errno;
        file->is_named = true;
    }
    if (rename(file->temporary, file->path) < 0)
        return -errno;
    file->is_named = false;
    return 0;
}

int snapshot_file_publish(struct snapshot_file *file, struct error *error)
{
    int status = give_name(file);

    return status == 0
               ? 0
               : error_errno(error, -status, "%s: cannot write", file->path);
}

void snapshot_file_release(struct snapshot_file *file)
{
    if (file->is_named)
        unlink(file->temporary);
    free(file->temporary);
    cleanup_close(&file->fd);
    *file = SNAPSHOT_FILE_NONE;
}
