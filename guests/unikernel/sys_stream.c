/*
 * The standard streams, by console hypercalls; every other descriptor and
 * every path is refused as on a system that has no files. Short vectors are
 * gathered first, since one hypercall costs more than copying a page.
 */
#include "guests/unikernel/address_space.h"
#include "guests/unikernel/layout.h"
#include "guests/unikernel/string.h"
#include "guests/unikernel/syscalls.h"
#include "guests/unikernel/thread.h"
#include "guests/unikernel/vmm_call.h"

#include <asm/errno.h>
#include <asm/stat.h>
#include <linux/fcntl.h>
#include <linux/signal.h>
#include <linux/stat.h>
#include <linux/uio.h>

enum {
    STDIN = 0,
    STDERR = 2,
    VECTOR_MAX = 1024,
    PATH_SIZE = 4096,
    /* Linux moves at most this many bytes by one call. */
    TRANSFER_MAX = 0x7ffff000,
};

typedef int64_t transfer(uint64_t descriptor, uint64_t address,
                         uint64_t length);

static bool is_open(uint64_t descriptor)
{
    return descriptor <= STDERR;
}

/* As write(2): a reader that went away is told by signal, then by errno. */
static int64_t console_write(uint64_t descriptor, uint64_t address,
                             uint64_t length)
{
    int64_t moved = vmm_console_write(descriptor, address, length);

    if (moved == -EPIPE)
        signal_raise(SIGPIPE);
    return moved;
}

static int64_t stream_write(uint64_t descriptor, uint64_t address,
                            uint64_t length)
{
    uint64_t written = 0;

    if (!is_open(descriptor) || descriptor == STDIN)
        return -EBADF;
    if (length > TRANSFER_MAX)
        length = TRANSFER_MAX;
    if (user_check_read(address, length) < 0)
        return -EFAULT;
    while (written < length) {
        int64_t moved =
            console_write(descriptor, address + written, length - written);

        if (moved <= 0)
            return written > 0 ? (int64_t)written : moved;
        written += (uint64_t)moved;
    }
    return (int64_t)written;
}

static int64_t stream_read(uint64_t descriptor, uint64_t address,
                           uint64_t length)
{
    int64_t moved;

    if (descriptor != STDIN)
        return -EBADF;
    if (user_check_write(address, length) < 0)
        return -EFAULT;
    if (length == 0)
        return 0;
    moved = vmm_console_read(address, length);
    if (moved == -EAGAIN)
        return thread_wait_streams(NULL, THREAD_STDIN_READABLE, THREAD_FOREVER);
    return moved;
}

int64_t sys_read(const struct registers *call)
{
    return stream_read(call->rdi, call->rsi, call->rdx);
}

int64_t sys_write(const struct registers *call)
{
    return stream_write(call->rdi, call->rsi, call->rdx);
}

/* Applies the transfer to each part until one is short. */
static int64_t for_each_part(transfer *move, uint64_t descriptor,
                             uint64_t vector, uint64_t count)
{
    uint64_t total = 0;

    for (uint64_t i = 0; i < count; i++) {
        struct iovec part;
        int64_t moved;

        if (user_copy_in(&part, vector + i * sizeof(part), sizeof(part)) < 0)
            return total > 0 ? (int64_t)total : -EFAULT;
        if (part.iov_len == 0)
            continue;
        moved = move(descriptor, (uint64_t)part.iov_base, part.iov_len);
        if (moved < 0)
            return total > 0 ? (int64_t)total : moved;
        total += (uint64_t)moved;
        if ((uint64_t)moved < part.iov_len)
            break;
    }
    return (int64_t)total;
}

/*
 * Copies all parts into the buffer. Returns their length, or -1 where they
 * do not fit or cannot be read and the slow way has to tell why.
 */
static int64_t gather(char *buffer, uint64_t size, uint64_t vector,
                      uint64_t count)
{
    uint64_t total = 0;

    for (uint64_t i = 0; i < count; i++) {
        struct iovec part;

        if (user_copy_in(&part, vector + i * sizeof(part), sizeof(part)) < 0 ||
            part.iov_len > size - total ||
            user_copy_in(buffer + total, (uint64_t)part.iov_base,
                         part.iov_len) < 0)
            return -1;
        total += part.iov_len;
    }
    return (int64_t)total;
}

int64_t sys_writev(const struct registers *call)
{
    static char buffer[PAGE_SIZE];
    int64_t length;

    if (!is_open(call->rdi) || call->rdi == STDIN)
        return -EBADF;
    if (call->rdx > VECTOR_MAX)
        return -EINVAL;
    length = gather(buffer, sizeof(buffer), call->rsi, call->rdx);
    if (length > 0)
        return console_write(call->rdi, (uint64_t)buffer, (uint64_t)length);
    return for_each_part(stream_write, call->rdi, call->rsi, call->rdx);
}

int64_t sys_readv(const struct registers *call)
{
    if (call->rdi != STDIN)
        return -EBADF;
    if (call->rdx > VECTOR_MAX)
        return -EINVAL;
    return for_each_part(stream_read, call->rdi, call->rsi, call->rdx);
}

int64_t sys_close(const struct registers *call)
{
    return is_open(call->rdi) ? 0 : -EBADF;
}

int64_t sys_lseek(const struct registers *call)
{
    return is_open(call->rdi) ? -ESPIPE : -EBADF;
}

int64_t sys_ioctl(const struct registers *call)
{
    return is_open(call->rdi) ? -ENOTTY : -EBADF;
}

int64_t sys_fcntl(const struct registers *call)
{
    if (!is_open(call->rdi))
        return -EBADF;
    switch (call->rsi) {
    case F_GETFD:
    case F_SETFD:
        return 0;
    case F_GETFL:
        return call->rdi == STDIN ? O_RDONLY : O_WRONLY;
    default:
        return -EINVAL;
    }
}

/* To the program each stream looks like a pipe. */
static int64_t stat_stream(uint64_t descriptor, uint64_t buffer)
{
    struct stat status;

    if (!is_open(descriptor))
        return -EBADF;
    memset(&status, 0, sizeof(status));
    status.st_ino = descriptor + 1;
    status.st_nlink = 1;
    status.st_mode = S_IFIFO | 0600;
    status.st_blksize = PAGE_SIZE;
    return user_copy_out(buffer, &status, sizeof(status));
}

int64_t sys_fstat(const struct registers *call)
{
    return stat_stream(call->rdi, call->rsi);
}

int64_t sys_newfstatat(const struct registers *call)
{
    char first;

    if (user_copy_in(&first, call->rsi, 1) < 0)
        return -EFAULT;
    if (first == '\0' && (call->r10 & AT_EMPTY_PATH))
        return stat_stream(call->rdi, call->rdx);
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
