/* Unpacked trees; see tree.h. */
#include "image/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DESCRIPTORS = 64 };

static const char *const mount_points[] = {"proc", "dev", "sys"};

static int remove_device(const char *path, const struct stat *status, int kind,
                         struct FTW *place)
{
    (void)kind;
    (void)place;
    if (!S_ISBLK(status->st_mode) && !S_ISCHR(status->st_mode))
        return 0;
    return unlink(path) < 0 ? errno : 0;
}

int image_tree_remove_devices(const char *path, struct error *error)
{
    int code = nftw(path, remove_device, DESCRIPTORS, FTW_PHYS | FTW_MOUNT);

    if (code == 0)
        return 0;
    return error_errno(error, code > 0 ? code : errno,
                       "cannot remove the device nodes of the image");
}

int image_tree_make_mount_points(int root, struct error *error)
{
    for (size_t i = 0; i < sizeof(mount_points) / sizeof(mount_points[0]);
         i++) {
        if (mkdirat(root, mount_points[i], 0755) < 0 && errno != EEXIST)
            return error_errno(error, errno, "/%s of the image",
                               mount_points[i]);
    }
    return 0;
}

static int unprotect(const char *path, const struct stat *status, int kind,
                     struct FTW *place)
{
    (void)place;
    if ((kind == FTW_D || kind == FTW_DNR) &&
        (status->st_mode & S_IRWXU) != S_IRWXU)
        (void)chmod(path, (status->st_mode & 07777) | S_IRWXU);
    return 0;
}

void image_tree_unprotect(const char *path)
{
    (void)nftw(path, unprotect, DESCRIPTORS, FTW_PHYS | FTW_MOUNT);
}
