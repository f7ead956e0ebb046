/*
 * readv(2), writev(2) and those with a position. What goes to a pipe or a
 * terminal is gathered first: one write instead of several.
 */
#include "guests/unikernel/address_space.h"
#include "guests/unikernel/heap.h"
#include "guests/unikernel/layout.h"
#include "guests/unikernel/syscalls.h"
#include "guests/unikernel/transfer.h"

#include <asm/errno.h>
#include <linux/fcntl.h>
#include <linux/fs.h>
#include <linux/uio.h>
#include <stddef.h>

enum { VECTOR_MAX = 1024 };

/* The program's struct iovec of this number. */
static int64_t copy_in_part(struct iovec *part, uint64_t vector, uint64_t i)
{
    return user_copy_in(part, vector + i * sizeof(*part), sizeof(*part));
}

/*
 * Applies the transfer to each part until one is short. What has moved by
 * then is the result: only the first part may wait.
 */
static int64_t for_each_part(struct place *place, bool writes, uint64_t vector,
                             uint64_t count)
{
    const uint32_t flags = place->file->flags;
    uint64_t total = 0;

    for (uint64_t i = 0; i < count; i++) {
        struct iovec part;
        int64_t moved;

        if (copy_in_part(&part, vector, i) < 0)
            return total > 0 ? (int64_t)total : -EFAULT;
        if (part.iov_len == 0)
            continue;
        if (total > 0)
            place->file->flags |= O_NONBLOCK;
        if (writes)
            moved =
                transfer_write(place, (uint64_t)part.iov_base, part.iov_len);
        else
            moved = transfer_read(place, (uint64_t)part.iov_base, part.iov_len);
        place->file->flags = flags;
        if (moved < 0)
            return total > 0 ? (int64_t)total : moved;
        total += (uint64_t)moved;
        if ((uint64_t)moved < part.iov_len)
            break;
    }
    return (int64_t)total;
}

/* The kernel's checks of a whole vector, and its length. */
static int64_t check_vector(uint64_t vector, uint64_t count)
{
    uint64_t total = 0;

    if (count > VECTOR_MAX)
        return -EINVAL;
    for (uint64_t i = 0; i < count; i++) {
        struct iovec part;

        if (copy_in_part(&part, vector, i) < 0)
            return -EFAULT;
        if ((int64_t)part.iov_len < 0)
            return -EINVAL;
        if (transfer_is_outside((uint64_t)part.iov_base, part.iov_len))
            return -EFAULT;
        if (__builtin_add_overflow(total, part.iov_len, &total))
            return -EINVAL;
    }
    return total > TRANSFER_MAX ? TRANSFER_MAX : (int64_t)total;
}

/*
 * Copies the parts into a buffer of that length. Returns how much there is
 * before a part that cannot be read.
 */
static uint64_t gather(char *buffer, uint64_t length, uint64_t vector)
{
    uint64_t total = 0;

    for (uint64_t i = 0; total < length; i++) {
        struct iovec part;

        if (copy_in_part(&part, vector, i) < 0)
            break;
        if (part.iov_len > length - total)
            part.iov_len = length - total;
        if (user_copy_in(buffer + total, (uint64_t)part.iov_base,
                         part.iov_len) < 0)
            break;
        total += part.iov_len;
    }
    return total;
}

static int64_t write_gathered(struct place *place, uint64_t vector,
                              uint64_t length)
{
    static char page[PAGE_SIZE];
    char *buffer = length <= sizeof(page) ? page : heap_allocate(length);
    int64_t moved = -EFAULT;
    uint64_t there;

    if (buffer == NULL)
        return -ENOMEM;
    there = gather(buffer, length, vector);
    if (there > 0)
        moved = node_write(place->file, buffer, there, 0);
    if (buffer != page)
        heap_free(buffer);
    return moved;
}

static int64_t move_vector(struct place *place, bool writes, uint64_t vector,
                           uint64_t count)
{
    int64_t length = check_vector(vector, count);

    if (length <= 0)
        return length;
    if (writes && place->file->node->operations->flags & NODE_STREAM)
        return write_gathered(place, vector, (uint64_t)length);
    return for_each_part(place, writes, vector, count);
}

static int64_t at_position(const struct registers *call, bool writes)
{
    struct place place;
    int64_t status = transfer_begin(call->rdi, writes, &place);

    return status < 0 ? status
                      : move_vector(&place, writes, call->rsi, call->rdx);
}

static int64_t at_offset(const struct registers *call, bool writes)
{
    struct place place;
    int64_t status =
        transfer_begin_at(call->rdi, writes, (int64_t)call->r10, &place);

    return status < 0 ? status
                      : move_vector(&place, writes, call->rsi, call->rdx);
}

/*
 * preadv2 and pwritev2: offset -1 is the position. Nothing waits for a disk,
 * so that of the flags only appending is more than a hint.
 */
static int64_t with_flags(const struct registers *call, bool writes)
{
    const uint32_t hints = RWF_HIPRI | RWF_DSYNC | RWF_SYNC | RWF_NOWAIT;
    const uint32_t flags = (uint32_t)call->r9;
    struct description *file = descriptor_get((uint32_t)call->rdi);
    uint32_t kept;
    int64_t moved;

    if ((flags & ~(hints | RWF_APPEND)) != 0)
        return -EOPNOTSUPP;
    if (file == NULL)
        return -EBADF;
    kept = file->flags;
    if (flags & RWF_APPEND && writes)
        file->flags |= O_APPEND;
    if (flags & RWF_NOWAIT)
        file->flags |= O_NONBLOCK;
    moved = (int64_t)call->r10 == -1 ? at_position(call, writes)
                                     : at_offset(call, writes);
    file->flags = kept;
    return moved;
}

int64_t sys_readv(const struct registers *call)
{
    return at_position(call, false);
}

int64_t sys_writev(const struct registers *call)
{
    return at_position(call, true);
}

int64_t sys_preadv(const struct registers *call)
{
    return at_offset(call, false);
}

int64_t sys_pwritev(const struct registers *call)
{
    return at_offset(call, true);
}

int64_t sys_preadv2(const struct registers *call)
{
    return with_flags(call, false);
}

int64_t sys_pwritev2(const struct registers *call)
{
    return with_flags(call, true);
}
