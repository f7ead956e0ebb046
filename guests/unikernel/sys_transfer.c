/*
 * read(2), write(2), pread(2), pwrite(2). What the program gave is checked
 * here, once; a node's operation then copies directly.
 */
#include "guests/unikernel/address_space.h"
#include "guests/unikernel/limits.h"
#include "guests/unikernel/signal.h"
#include "guests/unikernel/syscalls.h"
#include "guests/unikernel/transfer.h"

#include <asm/errno.h>
#include <linux/fcntl.h>
#include <linux/signal.h>
#include <linux/stat.h>
#include <stddef.h>

/* Addresses from here on are not a program's under Linux. */
#define USER_END (1ull << 47)

bool transfer_is_outside(uint64_t address, uint64_t length)
{
    return address > USER_END || length > USER_END - address;
}

/* Whether the range ends where no file can. */
static bool is_too_far(const struct place *place, uint64_t length)
{
    return !(place->file->node->operations->flags & NODE_STREAM) &&
           length > INT64_MAX - place->offset;
}

/*
 * How much of the length RLIMIT_FSIZE allows; where it is nothing, the signal
 * that says so has been raised.
 */
static uint64_t allowed(const struct place *place, uint64_t length)
{
    const uint64_t limit = limit_soft(RLIMIT_FSIZE);

    if (!node_is(place->file->node, S_IFREG) || length == 0 ||
        (place->offset < limit && length <= limit - place->offset))
        return length;
    if (place->offset < limit)
        return limit - place->offset;
    signal_raise(SIGXFSZ);
    return 0;
}

static void moved_on(struct place *place, int64_t moved)
{
    if (moved <= 0)
        return;
    place->offset += (uint64_t)moved;
    if (place->at_position)
        place->file->position = place->offset;
}

int64_t transfer_read(struct place *place, uint64_t address, uint64_t length)
{
    struct description *file = place->file;
    uint64_t reach;
    int64_t moved;

    if (transfer_is_outside(address, length))
        return -EFAULT;
    if (is_too_far(place, length))
        return -EINVAL;
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

int64_t transfer_write(struct place *place, uint64_t address, uint64_t length)
{
    struct description *file = place->file;
    uint64_t reach;
    int64_t moved;

    if (transfer_is_outside(address, length))
        return -EFAULT;
    if (file->flags & O_APPEND &&
        !(file->node->operations->flags & NODE_STREAM))
        place->offset = file->node->size;
    if (is_too_far(place, length))
        return -EINVAL;
    if (length > TRANSFER_MAX)
        length = TRANSFER_MAX;
    if (length > 0 && (length = allowed(place, length)) == 0)
        return -EFBIG;
    reach = user_reach_read(address, length);
    if (reach == 0 && length > 0)
        return -EFAULT;
    moved = node_write(file, (const void *)address, reach, place->offset);
    moved_on(place, moved);
    return moved;
}

static int64_t check(const struct description *file, bool writes)
{
    if (file == NULL ||
        !(writes ? description_writable(file) : description_readable(file)))
        return -EBADF;
    if (node_is(file->node, S_IFDIR))
        return -EISDIR;
    if (writes)
        return file->node->operations->write == NULL ? -EINVAL : 0;
    return file->node->operations->read == NULL ? -EINVAL : 0;
}

int64_t transfer_begin(uint64_t descriptor, bool writes, struct place *place)
{
    struct description *file = descriptor_get((uint32_t)descriptor);
    int64_t status = check(file, writes);

    if (status == 0)
        *place = (struct place){file, true, file->position};
    return status;
}

int64_t transfer_begin_at(uint64_t descriptor, bool writes, int64_t offset,
                          struct place *place)
{
    struct description *file = descriptor_get((uint32_t)descriptor);
    int64_t status;

    if (offset < 0)
        return -EINVAL;
    if (file == NULL || file->flags & O_PATH)
        return -EBADF;
    if (file->node->operations->flags & NODE_STREAM)
        return -ESPIPE;
    status = check(file, writes);
    if (status == 0)
        *place = (struct place){file, false, (uint64_t)offset};
    return status;
}

int64_t sys_read(const struct registers *call)
{
    struct place place;
    int64_t status = transfer_begin(call->rdi, false, &place);

    return status < 0 ? status : transfer_read(&place, call->rsi, call->rdx);
}

int64_t sys_write(const struct registers *call)
{
    struct place place;
    int64_t status = transfer_begin(call->rdi, true, &place);

    return status < 0 ? status : transfer_write(&place, call->rsi, call->rdx);
}

int64_t sys_pread64(const struct registers *call)
{
    struct place place;
    int64_t status =
        transfer_begin_at(call->rdi, false, (int64_t)call->r10, &place);

    return status < 0 ? status : transfer_read(&place, call->rsi, call->rdx);
}

int64_t sys_pwrite64(const struct registers *call)
{
    struct place place;
    int64_t status =
        transfer_begin_at(call->rdi, true, (int64_t)call->r10, &place);

    return status < 0 ? status : transfer_write(&place, call->rsi, call->rdx);
}
