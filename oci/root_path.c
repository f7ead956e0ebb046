/* Paths inside the container's root; see root_path.h. */
#include "oci/root_path.h"

#include "oci/cleanup.h"
#include "oci/path.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

static int resolve(int root, const char *path, int flags, uint64_t restrictions)
{
    const struct open_how how = {
        .flags = (uint64_t)(O_PATH | O_CLOEXEC | flags),
        .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | restrictions,
    };
    long fd;

    /* EAGAIN: something was renamed meanwhile and ".." could not be proved
     * to stay inside. Nobody else is in here, so once more is enough. */
    do {
        fd = syscall(SYS_openat2, root, path, &how, sizeof(how));
    } while (fd < 0 && errno == EAGAIN);
    return fd < 0 ? -errno : (int)fd;
}

int root_open(int root, const char *path, int flags)
{
    return resolve(root, path, flags, 0);
}

int root_open_or_make_plain(int root, const char *path, struct error *error)
{
    int fd = resolve(root, path, O_DIRECTORY, RESOLVE_NO_SYMLINKS);

    if (fd == -ENOENT) {
        int made = root_open_or_make(root, path, ROOT_DIRECTORY, error);

        if (made < 0)
            return made;
        close(made);
        fd = resolve(root, path, O_DIRECTORY, RESOLVE_NO_SYMLINKS);
    }
    if (fd == -ELOOP)
        return error_set(error, ELOOP,
                         "%s in the rootfs: a symbolic link; this file system "
                         "is mounted on a directory alone",
                         path);
    return fd >= 0 ? fd : error_errno(error, -fd, "%s in the rootfs", path);
}

/* Makes name, one component, in the open directory parent. */
static int make_entry(int parent, const char *name, enum root_entry kind)
{
    if (kind == ROOT_DIRECTORY)
        return mkdirat(parent, name, 0755) < 0 ? -errno : 0;
    return mknodat(parent, name, S_IFREG | 0644, 0) < 0 ? -errno : 0;
}

int root_open_parent(int root, const char *path, struct error *error)
{
    _cleanup_free_ char *parent = strdup(path);
    char *slash;

    if (parent == NULL)
        return error_errno(error, ENOMEM, "%s", path);
    slash = strrchr(parent, '/');
    if (slash == NULL || slash == parent)
        return root_open_or_make(root, "/", ROOT_DIRECTORY, error);
    *slash = '\0';
    return root_open_or_make(root, parent, ROOT_DIRECTORY, error);
}

int root_open_or_make(int root, const char *path, enum root_entry kind,
                      struct error *error)
{
    int flags = kind == ROOT_DIRECTORY ? O_DIRECTORY : 0;
    _cleanup_close_ int parent = -1;
    int status, fd = root_open(root, path, flags);

    if (fd >= 0)
        return fd;
    if (fd != -ENOENT)
        return error_errno(error, -fd, "%s in the rootfs", path);
    parent = root_open_parent(root, path, error);
    if (parent < 0)
        return parent;
    status = make_entry(parent, path_basename(path), kind);
    if (status == 0)
        fd = root_open(parent, path_basename(path), flags | O_NOFOLLOW);
    /* A symbolic link to nowhere is there and yet not found. */
    if (status == -EEXIST)
        return error_set(error, ENOENT,
                         "%s in the rootfs: a symbolic link to nothing", path);
    if (status < 0)
        return error_errno(error, -status, "%s in the rootfs: cannot make it",
                           path);
    if (fd < 0)
        return error_errno(error, -fd, "%s in the rootfs", path);
    return fd;
}
