/*
 * Extended attributes, of which no file has any and none can be set; so a
 * program that copies or lists them finds nothing and goes on.
 */
#include "guests/unikernel/address_space.h"
#include "guests/unikernel/descriptor.h"
#include "guests/unikernel/path.h"
#include "guests/unikernel/syscalls.h"

#include <asm/errno.h>
#include <linux/fcntl.h>
#include <stddef.h>

/* The result where the path, or descriptor, and the name are good. */
static int64_t at_path(const struct registers *call, uint32_t walk,
                       bool has_name, int64_t result)
{
    char first;
    struct path path;
    int64_t status;

    if (has_name && user_copy_in(&first, call->rsi, 1) < 0)
        return -EFAULT;
    status = path_lookup((uint64_t)AT_FDCWD, call->rdi, walk, &path);
    if (status < 0)
        return status;
    path_release(&path);
    return result;
}

static int64_t at_descriptor(const struct registers *call, int64_t result)
{
    struct description *file = descriptor_get((uint32_t)call->rdi);

    return file == NULL || file->flags & O_PATH ? -EBADF : result;
}

int64_t sys_xattr(const struct registers *call)
{
    return at_path(call, PATH_FOLLOW, true, -EOPNOTSUPP);
}

int64_t sys_lxattr(const struct registers *call)
{
    return at_path(call, 0, true, -EOPNOTSUPP);
}

int64_t sys_fxattr(const struct registers *call)
{
    return at_descriptor(call, -EOPNOTSUPP);
}

int64_t sys_listxattr(const struct registers *call)
{
    return at_path(call, PATH_FOLLOW, false, 0);
}

int64_t sys_llistxattr(const struct registers *call)
{
    return at_path(call, 0, false, 0);
}

int64_t sys_flistxattr(const struct registers *call)
{
    return at_descriptor(call, 0);
}
