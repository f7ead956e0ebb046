/*
 * read(2), write(2) and their relatives. What the program gave is checked
 * here, once; a node's operation then copies directly.
 */
#include "guests/unikernel/address_space.h"
#include "guests/unikernel/descriptor.h"
#include "guests/unikernel/heap.h"
#include "guests/unikernel/layout.h"
#include "guests/unikernel/syscalls.h"

#include <asm/errno.h>
#include <linux/fcntl.h>
#include <linux/stat.h>
#include <linux/uio.h>
#include <stddef.h>

enum {
    VECTOR_MAX = 1024,
    /* Linux moves at most this many bytes by one call. */
    TRANSFER_MAX = 0x7ffff000,
};

/* Addresses from here on are not a program's under Linux. */
#define USER_END (1ull << 47)

/* Where a transfer takes place: at the position, or at an offset. */
struct place {
    struct description *file;
    bool at_position;
    uint64_t offset;
};

typedef int64_t transfer(struct place *place, uint64_t address,
                         uint64_t length);

static bool is_outside(uint64_t address, uint64_t length)
{
    return address > USER_END || length > USER_END - address;
}

static void moved_on(struct place *place, int64_t moved)
{
    if (moved <= 0)
        return;
    place->offset += (uint64_t)moved;
    if (place->at_position)
        place->file->position = place->offset;
}

static int64_t read_part(struct place *place, uint64_t address, uint64_t length)
{
    struct description *file = place->file;
    uint64_t reach;
    int64_t moved;

    if (is_outside(address, length))
        return -EFAULT;
    if (length > TRANSFER_MAX)
        length = TRANSFER_MAX;
    reach = user_reach_write(address, length);
    /* Even a bad buffer takes the nothing at a file's end. */
    if (reach == 0 && length > 0 &&
        !(node_is(file->node, S_IFREG) && place->offset >= file->node->size))
        return -EFAULT;
    moved = file->node->operations->read(file, (void *)address, reach,
                                         place->offset);
    moved_on(place, moved);
    return moved;
}

static int64_t write_part(struct place *place, uint64_t address,
                          uint64_t length)
{
    struct description *file = place->file;
    uint64_t reach;
    int64_t moved;

    if (is_outside(address, length))
        return -EFAULT;
    if (length > TRANSFER_MAX)
        length = TRANSFER_MAX;
    reach = user_reach_read(address, length);
    if (reach == 0 && length > 0)
        return -EFAULT;
    if (file->flags & O_APPEND &&
        !(file->node->operations->flags & NODE_STREAM))
        place->offset = file->node->size;
    moved = file->node->operations->write(file, (const void *)address, reach,
                                          place->offset);
    moved_on(place, moved);
    return moved;
}

/*
 * Applies the transfer to each part until one is short. What has moved by
 * then is the result: only the first part may wait.
 */
static int64_t for_each_part(transfer *move, struct place *place,
                             uint64_t vector, uint64_t count)
{
    const uint32_t flags = place->file->flags;
    uint64_t total = 0;

    for (uint64_t i = 0; i < count; i++) {
        struct iovec part;
        int64_t moved;

        if (user_copy_in(&part, vector + i * sizeof(part), sizeof(part)) < 0)
            return total > 0 ? (int64_t)total : -EFAULT;
        if (part.iov_len == 0)
            continue;
        if (total > 0)
            place->file->flags |= O_NONBLOCK;
        moved = move(place, (uint64_t)part.iov_base, part.iov_len);
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

        if (user_copy_in(&part, vector + i * sizeof(part), sizeof(part)) < 0)
            return -EFAULT;
        if ((int64_t)part.iov_len < 0)
            return -EINVAL;
        if (is_outside((uint64_t)part.iov_base, part.iov_len))
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

        if (user_copy_in(&part, vector + i * sizeof(part), sizeof(part)) < 0)
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

/* One write of all parts, so that a pipe or a terminal gets them as one. */
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
        moved =
            place->file->node->operations->write(place->file, buffer, there, 0);
    if (buffer != page)
        heap_free(buffer);
    return moved;
}

/* What can be read from at all: 0, or -EBADF, -EISDIR, -EINVAL. */
static int64_t check_read(const struct description *file)
{
    if (file == NULL || !description_readable(file))
        return -EBADF;
    if (node_is(file->node, S_IFDIR))
        return -EISDIR;
    return file->node->operations->read == NULL ? -EINVAL : 0;
}

static int64_t check_write(const struct description *file)
{
    if (file == NULL || !description_writable(file))
        return -EBADF;
    return file->node->operations->write == NULL ? -EINVAL : 0;
}

int64_t sys_read(const struct registers *call)
{
    struct description *file = descriptor_get((uint32_t)call->rdi);
    int64_t status = check_read(file);
    struct place place;

    if (status < 0)
        return status;
    place = (struct place){file, true, file->position};
    return read_part(&place, call->rsi, call->rdx);
}

int64_t sys_write(const struct registers *call)
{
    struct description *file = descriptor_get((uint32_t)call->rdi);
    int64_t status = check_write(file);
    struct place place;

    if (status < 0)
        return status;
    place = (struct place){file, true, file->position};
    return write_part(&place, call->rsi, call->rdx);
}

int64_t sys_readv(const struct registers *call)
{
    struct description *file = descriptor_get((uint32_t)call->rdi);
    int64_t status = check_read(file);
    struct place place;

    if (status == 0)
        status = check_vector(call->rsi, call->rdx);
    if (status <= 0)
        return status;
    place = (struct place){file, true, file->position};
    return for_each_part(read_part, &place, call->rsi, call->rdx);
}

int64_t sys_writev(const struct registers *call)
{
    struct description *file = descriptor_get((uint32_t)call->rdi);
    int64_t status = check_write(file);
    struct place place;

    if (status == 0)
        status = check_vector(call->rsi, call->rdx);
    if (status <= 0)
        return status;
    place = (struct place){file, true, file->position};
    if (file->node->operations->flags & NODE_STREAM)
        return write_gathered(&place, call->rsi, (uint64_t)status);
    return for_each_part(write_part, &place, call->rsi, call->rdx);
}
