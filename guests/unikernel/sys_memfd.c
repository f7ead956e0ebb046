/* memfd_create(2): a file in memory that has no name. */
#include "guests/unikernel/address_space.h"
#include "guests/unikernel/ramfs.h"
#include "guests/unikernel/syscalls.h"
#include "guests/unikernel/unnamed_node.h"

#include <asm/errno.h>
#include <linux/fcntl.h>
#include <linux/memfd.h>
#include <stddef.h>

enum {
    NAME_MAX_SIZE = 250, /* with "memfd:" before it it is a file's name */
    MEMORY_DEVICE = 1,
};

static struct filesystem memory_filesystem = {
    .type = "tmpfs",
    .magic = 0x01021994, /* TMPFS_MAGIC */
    .device = MEMORY_DEVICE,
};

int64_t sys_memfd_create(const struct registers *call)
{
    const uint32_t flags = (uint32_t)call->rsi;
    char name[NAME_MAX_SIZE];
    struct node *file;
    int64_t length;

    if ((flags & ~(uint32_t)(MFD_CLOEXEC | MFD_ALLOW_SEALING)) != 0)
        return -EINVAL;
    length = user_copy_string(name, call->rdi, sizeof(name));
    if (length < 0)
        return length == -ENAMETOOLONG ? -EINVAL : length;
    file = ramfs_create_file(&memory_filesystem, 0777);
    if (file == NULL)
        return -ENOMEM;
    file->links = 0;
    return unnamed_node_install(file,
                                O_RDWR | (flags & MFD_CLOEXEC ? O_CLOEXEC : 0));
}
