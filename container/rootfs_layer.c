/* The writable layer of an image; see rootfs_layer.h. */
#include "container/rootfs_layer.h"

#include "container/mounts.h"
#include "container/namespaces.h"
#include "oci/cleanup.h"

#include <string.h>
#include <sys/stat.h>

/* "upperdir=DIRECTORY/upper" and the like, the directory made. */
static int make_part(const char *directory, const char *name, char **option,
                     struct error *error)
{
    const char *path;

    if (asprintf(option, "%sdir=%s/%s", name, directory, name) < 0) {
        *option = NULL;
        return error_errno(error, ENOMEM, "%s", directory);
    }
    path = strchr(*option, '=') + 1;
    return mkdir(path, 0755) < 0 ? error_errno(error, errno, "%s", path) : 0;
}

/* What "/" of the container looks like is the upper directory's. */
static int resemble_rootfs(const char *upper, struct error *error)
{
    struct stat status;

    if (stat(".", &status) < 0 || chmod(upper, status.st_mode & 07777) < 0)
        return error_errno(error, errno, "%s", upper);
    /* Without root all files are one's own, as these are. */
    if (lchown(upper, status.st_uid, status.st_gid) < 0 && errno != EINVAL &&
        errno != EPERM)
        return error_errno(error, errno, "%s", upper);
    return 0;
}

int rootfs_layer_mount(const struct bundle *bundle, struct error *error)
{
    _cleanup_free_ char *upper = NULL, *work = NULL;
    const char *options[5] = {"lowerdir=."};
    int status;

    if (mkdir(bundle->layer, 0700) < 0)
        return error_errno(error, errno, "%s", bundle->layer);
    status = make_part(bundle->layer, "upper", &upper, error);
    if (status == 0)
        status = make_part(bundle->layer, "work", &work, error);
    if (status == 0)
        status = resemble_rootfs(strchr(upper, '=') + 1, error);
    if (status < 0)
        return status;
    options[1] = upper;
    options[2] = work;
    /* The attributes of overlayfs that others than root may write. */
    if (namespace_is_new(bundle, NAMESPACE_USER))
        options[3] = "userxattr";
    status = mount_new("overlay", "overlay", options, 0, error);
    return status < 0 ? error_prefix(error, "the layer over the image (do "
                                            "without: --read-only)")
                      : status;
}
