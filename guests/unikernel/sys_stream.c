/* Every path is refused as on a system that has no files. */
#include "guests/unikernel/address_space.h"
#include "guests/unikernel/descriptor.h"
#include "guests/unikernel/layout.h"
#include "guests/unikernel/process.h"
#include "guests/unikernel/string.h"
#include "guests/unikernel/syscalls.h"

#include <asm/errno.h>
#include <asm/stat.h>
#include <linux/fcntl.h>
#include <linux/stat.h>

enum { PATH_SIZE = 4096 };

/* To the program each stream looks like a pipe. */
static int64_t stat_descriptor(uint64_t descriptor, uint64_t buffer)
{
    struct description *file = descriptor_get(descriptor);
    struct stat status;

    if (file == NULL)
        return -EBADF;
    memset(&status, 0, sizeof(status));
    status.st_ino = file->node->inode;
    status.st_nlink = file->node->links;
    status.st_mode = file->node->mode;
    status.st_blksize = PAGE_SIZE;
    return user_copy_out(buffer, &status, sizeof(status));
}

int64_t sys_lseek(const struct registers *call)
{
    return descriptor_get(call->rdi) != NULL ? -ESPIPE : -EBADF;
}

int64_t sys_fstat(const struct registers *call)
{
    return stat_descriptor(call->rdi, call->rsi);
}

int64_t sys_newfstatat(const struct registers *call)
{
    char first;

    if (user_copy_in(&first, call->rsi, 1) < 0)
        return -EFAULT;
    if (first == '\0' && (call->r10 & AT_EMPTY_PATH))
        return stat_descriptor(call->rdi, call->rdx);
    return -ENOENT;
}

/* No path names a file here; only a bad pointer is told apart. */
static int64_t no_such_file(uint64_t path)
{
    char first;

    return user_copy_in(&first, path, 1) < 0 ? -EFAULT : -ENOENT;
}

int64_t sys_open(const struct registers *call)
{
    return no_such_file(call->rdi);
}

int64_t sys_openat(const struct registers *call)
{
    return no_such_file(call->rsi);
}

int64_t sys_access(const struct registers *call)
{
    return no_such_file(call->rdi);
}

static bool equal(const char *left, const char *right)
{
    uint64_t length = strlen(left);

    return strlen(right) == length && memcmp(left, right, length) == 0;
}

/* The one link that C libraries follow at their start. */
static int64_t read_link(uint64_t path, uint64_t buffer, uint64_t size)
{
    static char name[PATH_SIZE];
    int64_t status = user_copy_string(name, path, sizeof(name));
    uint64_t length = strlen(process_executable());

    if (status < 0)
        return status;
    if ((int64_t)size <= 0)
        return -EINVAL;
    if (!equal(name, "/proc/self/exe"))
        return -ENOENT;
    if (length > size)
        length = size;
    status = user_copy_out(buffer, process_executable(), length);
    return status < 0 ? status : (int64_t)length;
}

int64_t sys_readlink(const struct registers *call)
{
    return read_link(call->rdi, call->rsi, call->rdx);
}

int64_t sys_readlinkat(const struct registers *call)
{
    return read_link(call->rsi, call->rdx, call->r10);
}

int64_t sys_getcwd(const struct registers *call)
{
    const char *directory = process_working_directory();
    uint64_t size = strlen(directory) + 1;

    if (call->rsi < size)
        return -ERANGE;
    return user_copy_out(call->rdi, directory, size) < 0 ? -EFAULT
                                                         : (int64_t)size;
}
