/* The container's root; see rootfs.h. Source: pivot_root(2). */
#include "container/rootfs.h"

#include "container/mounts.h"
#include "container/rootfs_layer.h"
#include "oci/cleanup.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>

static unsigned long propagation_kind(const struct bundle *bundle)
{
    return bundle->rootfs_propagation & ~(unsigned long)MS_REC;
}

/*
 * Makes the mount that holds the open directory private: what is mounted on
 * a directory of a shared one would show in the host's, too.
 */
static int isolate_parent(int directory, struct error *error)
{
    int fd = openat(directory, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    struct statx status;
    int result;

    while (fd >= 0) {
        int parent;

        if (statx(fd, "", AT_EMPTY_PATH, 0, &status) < 0 ||
            (status.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0)
            break;
        parent = openat(fd, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
        close(fd);
        fd = parent;
    }
    result = fd < 0 ? -errno : mount_change(fd, 0, 0, MS_PRIVATE, false);
    cleanup_close(&fd);
    return error_status(error, result,
                        "cannot make the rootfs's mount private");
}

/* With "slave" and "shared" the ties to the host's mounts are wanted. */
static int cut_ties(const struct bundle *bundle, int directory,
                    struct error *error)
{
    unsigned long kind = propagation_kind(bundle);

    if (kind == MS_SHARED)
        return isolate_parent(directory, error);
    kind = kind == MS_SLAVE ? MS_SLAVE : MS_PRIVATE;
    if (mount(NULL, "/", NULL, MS_REC | kind, NULL) < 0)
        return errno == EINVAL /* mount(2): "/" is no mount point */
                   ? error_set(error, EINVAL,
                               "cannot make mounts private: the root directory "
                               "is no mount point, as in a chroot; bind the "
                               "chroot's directory upon itself first "
                               "(mount --bind DIR DIR)")
                   : error_errno(error, errno, "cannot make mounts private");
    return 0;
}

static int clone_rootfs(const struct bundle *bundle, int directory,
                        struct error *error)
{
    int root = mount_clone(directory, true);

    return root >= 0 ? root
                     : error_errno(error, -root, "%s: cannot bind the rootfs",
                                   bundle->rootfs);
}

int rootfs_open(const struct bundle *bundle, struct error *error)
{
    _cleanup_close_ int directory = -1, root = -1;
    int status;

    directory = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0)
        return error_errno(error, errno, "%s: cannot open the rootfs",
                           bundle->rootfs);
    status = cut_ties(bundle, directory, error);
    if (status < 0)
        return status;
    root = bundle->layer != NULL ? rootfs_layer_mount(bundle, error)
                                 : clone_rootfs(bundle, directory, error);
    if (root < 0)
        return root;
    status = mount_attach(root, directory);
    if (status < 0)
        return error_errno(error, -status, "%s: cannot mount the rootfs",
                           bundle->rootfs);
    return take_fd(&root);
}

/* The propagation of the new root, where the bundle names one that is not
 * what it has come by. */
static int set_propagation(const struct bundle *bundle, int root,
                           struct error *error)
{
    unsigned long kind = propagation_kind(bundle);
    int status = 0;

    if (kind == MS_SHARED || kind == MS_UNBINDABLE)
        status = mount_change(root, 0, 0, kind,
                              (bundle->rootfs_propagation & MS_REC) != 0);
    return error_status(error, status,
                        "linux.rootfsPropagation: cannot set it");
}

/* Changes places with the host's root, and lets go of that. */
static int change_root(const struct bundle *bundle, struct error *error)
{
    _cleanup_close_ int old = -1;
    int status = 0;

    if (propagation_kind(bundle) == MS_SHARED)
        old = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    /* With "." twice the old root ends up on top of the new one, and no
     * directory is needed to hold it; unmounting "." uncovers the new. */
    if (syscall(SYS_pivot_root, ".", ".") < 0)
        return error_errno(error, errno, "cannot pivot to the rootfs");
    /* Or the host's mounts would be unmounted with ours. */
    if (propagation_kind(bundle) == MS_SHARED)
        status = mount_change(old, 0, 0, MS_SLAVE, true);
    if (status < 0)
        return error_errno(error, -status, "cannot let go of the old root");
    if (umount2(".", MNT_DETACH) < 0)
        return error_errno(error, errno, "cannot detach the old root");
    return 0;
}

/*
 * Device nodes that the rootfs brings along are of no use in a container
 * without rules of devices, and with them any program of root's could reach
 * the host's disks. Those of /dev are on a file system of their own, unless
 * /dev is the rootfs's.
 */
static bool distrusts_devices(const struct bundle *bundle)
{
    const struct bundle_process *process = &bundle->process;

    if (bundle->resources.device_count > 0 ||
        (process->capabilities[CAPABILITY_BOUNDING] >> CAP_MKNOD & 1) != 0)
        return false;
    for (size_t i = 0; i < bundle->device_count; i++) {
        if (strncmp(bundle->devices[i].path, "/dev/", strlen("/dev/")) != 0)
            return false;
    }
    for (size_t i = 0; i < bundle->mount_count; i++) {
        if (strcmp(bundle->mounts[i].destination, "/dev") == 0)
            return true;
    }
    return false;
}

static int set_attributes(const struct bundle *bundle, int root,
                          struct error *error)
{
    uint64_t attributes = 0;
    int status;

    if (bundle->rootfs_readonly)
        attributes |= MOUNT_ATTR_RDONLY;
    if (distrusts_devices(bundle))
        attributes |= MOUNT_ATTR_NODEV;
    status = mount_change(root, attributes, 0, 0, false);
    return error_status(error, status, "cannot set the options of the rootfs");
}

int rootfs_pivot(const struct bundle *bundle, int root, struct error *error)
{
    int status;

    if (fchdir(root) < 0)
        return error_errno(error, errno, "cannot enter the rootfs");
    status = change_root(bundle, error);
    if (status == 0)
        status = set_propagation(bundle, root, error);
    if (status == 0)
        status = set_attributes(bundle, root, error);
    if (status < 0)
        return status;
    if (chdir("/") < 0)
        return error_errno(error, errno, "cannot enter the new root");
    return 0;
}
