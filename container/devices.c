/* /dev; see devices.h. */
#include "container/devices.h"

#include "container/mounts.h"
#include "oci/cleanup.h"
#include "oci/path.h"
#include "oci/root_path.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

/* What every container has. Numbers: Documentation/admin-guide/devices.txt. */
static const struct bundle_device devices[] = {
    {"/dev/null", S_IFCHR | 0666, 1, 3, 0, 0},
    {"/dev/zero", S_IFCHR | 0666, 1, 5, 0, 0},
    {"/dev/full", S_IFCHR | 0666, 1, 7, 0, 0},
    {"/dev/random", S_IFCHR | 0666, 1, 8, 0, 0},
    {"/dev/urandom", S_IFCHR | 0666, 1, 9, 0, 0},
    {"/dev/tty", S_IFCHR | 0666, 5, 0, 0, 0},
};

static const struct {
    const char *name, *target;
} links[] = {
    {"fd", "/proc/self/fd"},       {"stdin", "/proc/self/fd/0"},
    {"stdout", "/proc/self/fd/1"}, {"stderr", "/proc/self/fd/2"},
    {"ptmx", "pts/ptmx"},
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Is the open file that device? Any other of its name will not be mistaken
 * for it. */
static int check_device(int fd, const struct bundle_device *device)
{
    struct stat status;

    if (fstat(fd, &status) < 0)
        return -errno;
    if ((status.st_mode & S_IFMT) != (device->mode & S_IFMT))
        return -EEXIST;
    return S_ISFIFO(device->mode) ||
                   status.st_rdev == makedev(device->major, device->minor)
               ? 0
               : -EEXIST;
}

/* The host's device, bound: a user namespace may make no device nodes. */
static int bind_device(int directory, const struct bundle_device *device)
{
    const char *name = path_basename(device->path);
    _cleanup_close_ int host = -1, mount = -1, target = -1;
    int status;

    host = open(device->path, O_PATH | O_CLOEXEC);
    status = host < 0 ? -errno : check_device(host, device);
    if (status < 0)
        return -EPERM;
    if (mknodat(directory, name, S_IFREG | 0666, 0) < 0 && errno != EEXIST)
        return -errno;
    target = root_open(directory, name, O_NOFOLLOW);
    if (target < 0)
        return target;
    mount = mount_clone(host, false);
    return mount < 0 ? mount : mount_attach(mount, target);
}

static int own_device(int directory, const struct bundle_device *device)
{
    _cleanup_close_ int fd = -1;
    int status;

    if (device->uid == 0 && device->gid == 0)
        return 0;
    fd = root_open(directory, path_basename(device->path), O_NOFOLLOW);
    status = fd < 0 ? fd : check_device(fd, device);
    if (status == 0 &&
        fchownat(fd, "", device->uid, device->gid, AT_EMPTY_PATH) < 0)
        return -errno;
    return status;
}

/* Makes the device in the directory; a rootfs may bring it along. */
static int make_device(int directory, const struct bundle_device *device)
{
    const char *name = path_basename(device->path);
    dev_t number = makedev(device->major, device->minor);

    if (mknodat(directory, name, device->mode, number) == 0)
        return own_device(directory, device);
    if (errno == EEXIST) {
        _cleanup_close_ int fd = root_open(directory, name, O_NOFOLLOW);
        struct stat status;

        /* An earlier container, that bound the device, has left this. */
        if (fd >= 0 && fstat(fd, &status) == 0 && S_ISREG(status.st_mode) &&
            status.st_size == 0)
            return bind_device(directory, device);
        return fd < 0 ? fd : check_device(fd, device);
    }
    return errno == EPERM ? bind_device(directory, device) : -errno;
}

static int make_links(int directory, struct error *error)
{
    for (size_t i = 0; i < COUNT(links); i++) {
        if (symlinkat(links[i].target, directory, links[i].name) < 0 &&
            errno != EEXIST)
            return error_errno(error, errno, "/dev/%s: cannot make it",
                               links[i].name);
    }
    return 0;
}

static bool is_bound(const struct bundle *bundle)
{
    for (size_t i = 0; i < bundle->mount_count; i++) {
        const struct bundle_mount *mount = &bundle->mounts[i];

        if (strcmp(mount->destination, "/dev") == 0 && mount->type != NULL &&
            strcmp(mount->type, "bind") == 0)
            return true;
    }
    return false;
}

static int make_defaults(int root, struct error *error)
{
    _cleanup_close_ int directory =
        root_open_or_make(root, "/dev", ROOT_DIRECTORY, error);

    if (directory < 0)
        return directory;
    for (size_t i = 0; i < COUNT(devices); i++) {
        int status = make_device(directory, &devices[i]);

        if (status < 0)
            return error_errno(error, -status, "%s: cannot make it",
                               devices[i].path);
    }
    return make_links(directory, error);
}

/* Those of linux.devices. */
static int make_listed(const struct bundle *bundle, int root,
                       struct error *error)
{
    for (size_t i = 0; i < bundle->device_count; i++) {
        const struct bundle_device *device = &bundle->devices[i];
        _cleanup_close_ int directory =
            root_open_parent(root, device->path, error);
        int status;

        if (directory < 0)
            return error_prefix(error, "linux.devices[%zu]", i);
        status = make_device(directory, device);
        if (status < 0)
            return error_errno(error, -status,
                               "linux.devices[%zu]: cannot make %s", i,
                               device->path);
    }
    return 0;
}

int devices_make(const struct bundle *bundle, int root, struct error *error)
{
    mode_t mask = umask(0);
    int status = make_listed(bundle, root, error);

    if (status == 0 && !is_bound(bundle))
        status = make_defaults(root, error);
    umask(mask);
    return status;
}

bool devices_withhold(const struct bundle *bundle,
                      struct bundle_process *process)
{
    const struct bundle_resources *resources = &bundle->resources;
    bool denies = false;

    for (size_t i = 0; i < resources->device_count; i++)
        denies = denies || !resources->devices[i].allow;
    for (int set = 0; denies && set < CAPABILITY_SETS; set++)
        process->capabilities[set] &= ~(UINT64_C(1) << CAP_MKNOD);
    return denies;
}
