/* Hidden and read-only paths; see masks.h. */
#include "container/masks.h"

#include "container/mounts.h"
#include "oci/cleanup.h"
#include "oci/root_path.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

/* What covers things: the first cover of a kind is made, the next cloned. */
struct covers {
    int file;      /* the host's /dev/null */
    int directory; /* an empty file system, attached once; -1: not yet */
};

static int cover_directory(struct covers *covers, int target,
                           struct error *error)
{
    const char *const data[] = {"size=0k", "nr_inodes=2", NULL};
    _cleanup_close_ int mount = -1;
    int status;

    if (covers->directory < 0)
        mount = mount_new("tmpfs", "tmpfs", data, MOUNT_ATTR_RDONLY, error);
    else
        mount = mount_clone(covers->directory, false);
    if (mount < 0)
        return mount;
    status = mount_attach(mount, target);
    if (status == 0 && covers->directory < 0)
        covers->directory = take_fd(&mount);
    return status;
}

static int cover_file(struct covers *covers, int target)
{
    _cleanup_close_ int mount = mount_clone(covers->file, false);

    return mount < 0 ? mount : mount_attach(mount, target);
}

static int mask(struct covers *covers, int root, const char *path,
                struct error *error)
{
    _cleanup_close_ int target = root_open(root, path, 0);
    struct stat status;
    int failure;

    if (target == -ENOENT || target == -ENOTDIR)
        return 0;
    if (target < 0)
        return error_errno(error, -target, "%s", path);
    if (fstat(target, &status) < 0)
        return error_errno(error, errno, "%s", path);
    failure = S_ISDIR(status.st_mode) ? cover_directory(covers, target, error)
                                      : cover_file(covers, target);
    return error_status(error, failure, "%s: cannot hide it", path);
}

static int seal(int root, const char *path, struct error *error)
{
    _cleanup_close_ int target = root_open(root, path, 0);
    _cleanup_close_ int mount = -1;
    int status;

    if (target == -ENOENT || target == -ENOTDIR)
        return 0;
    if (target < 0)
        return error_errno(error, -target, "%s", path);
    mount = mount_clone(target, true);
    status =
        mount < 0 ? mount : mount_change(mount, MOUNT_ATTR_RDONLY, 0, 0, true);
    if (status == 0)
        status = mount_attach(mount, target);
    return error_status(error, status, "%s: cannot make it read-only", path);
}

/*
 * The host's null device; it, and nothing that somebody has put in its place,
 * may cover a file of /proc (CVE-2025-31133).
 */
static int open_null(struct error *error)
{
    _cleanup_close_ int fd = open("/dev/null", O_PATH | O_NOFOLLOW | O_CLOEXEC);
    struct stat status;

    if (fd < 0 || fstat(fd, &status) < 0)
        return error_errno(error, errno, "/dev/null");
    if (!S_ISCHR(status.st_mode) || status.st_rdev != makedev(1, 3))
        return error_set(error, ENODEV, "/dev/null is not the null device");
    return take_fd(&fd);
}

int masks_apply(const struct bundle *bundle, int root, struct error *error)
{
    _cleanup_close_ int null = -1;
    struct covers covers = {.file = -1, .directory = -1};
    int status = 0;

    if (bundle->masked_paths[0] != NULL) {
        null = open_null(error);
        if (null < 0)
            return null;
        covers.file = null;
    }
    for (char **path = bundle->masked_paths; status == 0 && *path != NULL;
         path++)
        status = mask(&covers, root, *path, error);
    for (char **path = bundle->readonly_paths; status == 0 && *path != NULL;
         path++)
        status = seal(root, *path, error);
    cleanup_close(&covers.directory);
    return status;
}
