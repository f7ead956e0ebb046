/*
 * Copying between two files without the program: sendfile(2),
 * copy_file_range(2). Through a buffer, a piece at a time; once something was
 * copied nothing waits any more, what was copied is the result.
 */
#include "guests/unikernel/address_space.h"
#include "guests/unikernel/descriptor.h"
#include "guests/unikernel/heap.h"
#include "guests/unikernel/syscalls.h"
#include "guests/unikernel/transfer.h"

#include <asm/errno.h>
#include <linux/fcntl.h>
#include <linux/stat.h>
#include <stddef.h>

enum { PIECE = 64 << 10 };

/* One end of a copy: the position of the file, or of the program's word. */
struct end {
    struct description *file;
    uint64_t address; /* of the offset; 0: the file's position counts */
    uint64_t offset;
};

static int64_t open_end(struct end *end, uint64_t descriptor, uint64_t address)
{
    end->file = descriptor_get((uint32_t)descriptor);
    end->address = address;
    if (end->file == NULL)
        return -EBADF;
    end->offset = end->file->position;
    if (address == 0)
        return 0;
    if (user_copy_in(&end->offset, address, sizeof(end->offset)) < 0)
        return -EFAULT;
    return (int64_t)end->offset < 0 ? -EINVAL : 0;
}

static int64_t close_end(const struct end *end)
{
    if (end->address == 0) {
        end->file->position = end->offset;
        return 0;
    }
    return user_copy_out(end->address, &end->offset, sizeof(end->offset));
}

static int64_t copy_piece(struct end *in, struct end *out, char *buffer,
                          uint64_t length)
{
    int64_t there = in->file->node->operations->read(
        in->file, buffer, length < PIECE ? length : PIECE, in->offset);
    int64_t moved;

    if (there <= 0)
        return there;
    moved = node_write(out->file, buffer, (uint64_t)there, out->offset);
    if (moved > 0) {
        in->offset += (uint64_t)moved;
        out->offset += (uint64_t)moved;
    }
    return moved;
}

static int64_t copy(struct end *in, struct end *out, uint64_t length)
{
    const uint32_t flags = out->file->flags;
    char *buffer = heap_allocate(PIECE);
    uint64_t done = 0;
    int64_t moved = 0;

    if (buffer == NULL)
        return -ENOMEM;
    while (done < length) {
        if (done > 0)
            out->file->flags |= O_NONBLOCK;
        moved = copy_piece(in, out, buffer, length - done);
        out->file->flags = flags;
        if (moved <= 0)
            break;
        done += (uint64_t)moved;
    }
    heap_free(buffer);
    if (done == 0)
        return moved;
    if (close_end(in) < 0 || close_end(out) < 0)
        return -EFAULT;
    return (int64_t)done;
}

static int64_t check_ends(const struct end *in, const struct end *out)
{
    if (!description_readable(in->file) || !description_writable(out->file))
        return -EBADF;
    if (in->file->node->operations->read == NULL ||
        out->file->node->operations->write == NULL)
        return -EINVAL;
    return 0;
}

int64_t sys_sendfile(const struct registers *call)
{
    uint64_t length = call->r10 < TRANSFER_MAX ? call->r10 : TRANSFER_MAX;
    struct end in, out;
    int64_t status = open_end(&in, call->rsi, call->rdx);

    if (status == 0)
        status = open_end(&out, call->rdi, 0);
    if (status == 0)
        status = check_ends(&in, &out);
    if (status < 0)
        return status;
    if (node_is(in.file->node, S_IFDIR) ||
        in.file->node->operations->flags & NODE_STREAM ||
        out.file->flags & O_APPEND)
        return -EINVAL;
    return copy(&in, &out, length);
}

/* Two ranges of one file may not overlap. */
static bool is_overlapping(const struct end *in, const struct end *out,
                           uint64_t length)
{
    const uint64_t apart = in->offset > out->offset ? in->offset - out->offset
                                                    : out->offset - in->offset;

    return in->file->node == out->file->node && apart < length;
}

int64_t sys_copy_file_range(const struct registers *call)
{
    uint64_t length = call->r8 < TRANSFER_MAX ? call->r8 : TRANSFER_MAX;
    struct end in, out;
    int64_t status;

    if ((uint32_t)call->r9 != 0)
        return -EINVAL;
    status = open_end(&in, call->rdi, call->rsi);
    if (status == 0)
        status = open_end(&out, call->rdx, call->r10);
    if (status < 0)
        return status;
    if (node_is(in.file->node, S_IFDIR) || node_is(out.file->node, S_IFDIR))
        return -EISDIR;
    if (!node_is(in.file->node, S_IFREG) || !node_is(out.file->node, S_IFREG))
        return -EINVAL;
    if (out.file->flags & O_APPEND)
        return -EBADF;
    status = check_ends(&in, &out);
    if (status == 0 && in.offset < in.file->node->size &&
        length > in.file->node->size - in.offset)
        length = in.file->node->size - in.offset;
    if (status == 0 && is_overlapping(&in, &out, length))
        status = -EINVAL;
    return status < 0 || length == 0 ? status : copy(&in, &out, length);
}
