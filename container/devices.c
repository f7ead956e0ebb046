/* /dev; see devices.h. */
#include "container/devices.h"

#include "container/mounts.h"
#include "container/root_path.h"
#include "oci/cleanup.h"
#include "oci/path.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

/* Numbers: Documentation/admin-guide/devices.txt. */
static const struct device {
    const char *name;
    unsigned int major, minor;
} devices[] = {
    {"null", 1, 3},   {"zero", 1, 5},    {"full", 1, 7},
    {"random", 1, 8}, {"urandom", 1, 9}, {"tty", 5, 0},
};

static const struct {
    const char *name, *target;
} links[] = {
    {"fd", "/proc/self/fd"},       {"stdin", "/proc/self/fd/0"},
    {"stdout", "/proc/self/fd/1"}, {"stderr", "/proc/self/fd/2"},
    {"ptmx", "pts/ptmx"},
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The host's device, bound: a user namespace may make no device nodes. */
static int bind_device(int directory, const struct device *device)
{
    _cleanup_free_ char *path = path_join("/dev", device->name);
    _cleanup_close_ int host = -1, mount = -1, target = -1;

    if (path == NULL)
        return -ENOMEM;
    host = open(path, O_PATH | O_CLOEXEC);
    if (host < 0)
        return -errno;
    if (mknodat(directory, device->name, S_IFREG | 0666, 0) < 0 &&
        errno != EEXIST)
        return -errno;
    target = root_open(directory, device->name, O_NOFOLLOW);
    if (target < 0)
        return target;
    mount = mount_clone(host, false);
    return mount < 0 ? mount : mount_attach(mount, target);
}

/* A rootfs may bring the device along; anything else of its name will not
 * be mistaken for it. */
static int check_existing(int directory, const struct device *device)
{
    struct stat status;

    if (fstatat(directory, device->name, &status, AT_SYMLINK_NOFOLLOW) < 0)
        return -errno;
    if (S_ISCHR(status.st_mode) &&
        status.st_rdev == makedev(device->major, device->minor))
        return 0;
    return -EEXIST;
}

static int make_device(int directory, const struct device *device)
{
    dev_t number = makedev(device->major, device->minor);

    if (mknodat(directory, device->name, S_IFCHR | 0666, number) == 0)
        return 0;
    if (errno == EEXIST && check_existing(directory, device) == 0)
        return 0;
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

int devices_make(const struct bundle *bundle, int root, struct error *error)
{
    _cleanup_close_ int directory = -1;
    mode_t mask;

    if (is_bound(bundle))
        return 0;
    directory = root_open_or_make(root, "/dev", ROOT_DIRECTORY, error);
    if (directory < 0)
        return directory;
    mask = umask(0);
    for (size_t i = 0; i < COUNT(devices); i++) {
        int status = make_device(directory, &devices[i]);

        if (status < 0)
            return error_errno(error, -status, "/dev/%s: cannot make it",
                               devices[i].name);
    }
    umask(mask);
    return make_links(directory, error);
}
