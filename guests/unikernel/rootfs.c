/* The root file system; see rootfs.h. */
#include "guests/unikernel/rootfs.h"

#include "guests/unikernel/mount.h"
#include "guests/unikernel/process.h"
#include "guests/unikernel/ramfs.h"
#include "guests/unikernel/root_archive.h"

#include <asm/errno.h>
#include <stddef.h>

enum { TMPFS_MAGIC = 0x01021994, ROOT_DEVICE = 1, READ_ONLY = 1 /* ST_ */ };

static struct filesystem description = {
    .type = "tmpfs",
    .magic = TMPFS_MAGIC,
    .device = ROOT_DEVICE,
    .space = ramfs_space,
};

static struct node *root_directory;

static int64_t build(void)
{
    const struct root_index *index;
    const char *base;
    int64_t status = root_archive(&index, &base);

    if (status < 0)
        return status;
    node_reserve_inodes(index->inode_count);
    root_directory = ramfs_archive_root(index, base, &description);
    if (root_directory == NULL)
        return -ENOMEM;
    status = mount_all(root_directory);
    if (process_boot()->flags & BOOT_INFO_ROOT_READ_ONLY)
        description.mount_flags = READ_ONLY;
    return status;
}

int64_t rootfs(struct node **root)
{
    static int64_t status;

    if (root_directory == NULL)
        status = build();
    *root = root_directory;
    return status;
}

struct node *rootfs_root(void)
{
    return root_directory;
}
