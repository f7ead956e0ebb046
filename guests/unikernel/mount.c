/* The mount table; see mount.h. */
#include "guests/unikernel/mount.h"

#include "guests/unikernel/device.h"
#include "guests/unikernel/proc.h"
#include "guests/unikernel/rootfs.h"
#include "guests/unikernel/string.h"

#include <asm/errno.h>
#include <linux/stat.h>
#include <stddef.h>

enum { DIRECTORY_MODE = 0755 };

static struct mount mounts[] = {
    {"/", "tmpfs", "rw", rootfs_root, NULL, NULL},
    {"/proc", "proc", "rw,nosuid,nodev,noexec,relatime", proc_root, NULL, NULL},
    {"/dev", "devtmpfs", "rw,nosuid,noexec,relatime", device_root, NULL, NULL},
};

enum { MOUNTS = sizeof(mounts) / sizeof(mounts[0]) };

const struct mount *mount_row(unsigned number)
{
    return number < MOUNTS ? &mounts[number] : NULL;
}

/* Makes or finds the row's directory; it must be one, right below the root. */
static int64_t cover(struct mount *mount, struct node *root)
{
    const struct node_name name = {mount->path + 1,
                                   (uint32_t)strlen(mount->path + 1)};
    const int64_t modified = root->modified, changed = root->changed;
    int64_t status = root->operations->lookup(root, name, &mount->covered);

    if (status == -ENOENT) {
        status = root->operations->create(root, name, S_IFDIR | DIRECTORY_MODE,
                                          0, &mount->covered);
        if (status == 0)
            mount->covered->uid = mount->covered->gid = 0;
        root->modified = modified;
        root->changed = changed;
    }
    if (status < 0)
        return status;
    /* A file or link in its place stays what it is. */
    if (node_is(mount->covered, S_IFDIR))
        mount->covered->mounted_on = true;
    return 0;
}

int64_t mount_all(struct node *root)
{
    int64_t status = 0;

    for (unsigned i = 1; i < MOUNTS && status == 0; i++)
        status = cover(&mounts[i], root);
    return status;
}

struct node *mount_root(const struct node *covered)
{
    for (unsigned i = 1; i < MOUNTS; i++) {
        struct mount *mount = &mounts[i];

        if (mount->covered != covered)
            continue;
        if (mount->mounted == NULL) {
            mount->mounted = mount->root();
            if (mount->mounted != NULL)
                mount->mounted->parent = node_reference(covered->parent);
        }
        return mount->mounted;
    }
    return NULL;
}

struct node *mount_covered(const struct node *root)
{
    for (unsigned i = 1; i < MOUNTS; i++) {
        if (mounts[i].mounted == root)
            return mounts[i].covered;
    }
    return NULL;
}
