/* The container's root; see rootfs.h. Source: pivot_root(2). */
#include "container/rootfs.h"

#include "container/mounts.h"
#include "oci/cleanup.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/syscall.h>

int rootfs_open(const struct bundle *bundle, struct error *error)
{
    _cleanup_close_ int directory = -1, root = -1;
    int status;

    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
        return error_errno(error, errno, "cannot make mounts private");
    directory = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0)
        return error_errno(error, errno, "%s: cannot open the rootfs",
                           bundle->rootfs);
    root = mount_clone(directory, true);
    if (root < 0)
        return error_errno(error, -root, "%s: cannot bind the rootfs",
                           bundle->rootfs);
    status = mount_attach(root, directory);
    if (status < 0)
        return error_errno(error, -status, "%s: cannot mount the rootfs",
                           bundle->rootfs);
    return take_fd(&root);
}

int rootfs_pivot(const struct bundle *bundle, int root, struct error *error)
{
    if (fchdir(root) < 0)
        return error_errno(error, errno, "cannot enter the rootfs");
    /* With "." twice the old root ends up on top of the new one, and no
     * directory is needed to hold it; unmounting "." uncovers the new. */
    if (syscall(SYS_pivot_root, ".", ".") < 0)
        return error_errno(error, errno, "cannot pivot to the rootfs");
    if (umount2(".", MNT_DETACH) < 0)
        return error_errno(error, errno, "cannot detach the old root");
    if (bundle->rootfs_readonly) {
        int status = mount_change(root, MOUNT_ATTR_RDONLY, 0, 0, false);

        if (status < 0)
            return error_errno(error, -status,
                               "cannot make the rootfs read-only");
    }
    if (chdir("/") < 0)
        return error_errno(error, errno, "cannot enter the new root");
    return 0;
}
