/* pipe(2): a node with both ends, told apart by how they are open. */
#include "guests/unikernel/address_space.h"
#include "guests/unikernel/credentials.h"
#include "guests/unikernel/heap.h"
#include "guests/unikernel/layout.h"
#include "guests/unikernel/pipe.h"
#include "guests/unikernel/poll.h"
#include "guests/unikernel/syscalls.h"
#include "guests/unikernel/unnamed_node.h"

#include <asm/errno.h>
#include <asm/ioctls.h>
#include <linux/fcntl.h>
#include <linux/poll.h>
#include <linux/stat.h>
#include <stddef.h>

enum {
    CAPACITY = 1 << 16, /* pipe(7) */
    CAPACITY_MAX = 1 << 20,
    PIPE_DEVICE = 0xc,
};

struct pipe_node {
    struct node node;
    struct pipe pipe;
};

static struct filesystem pipe_filesystem = {
    .type = "pipefs",
    .magic = 0x50495045, /* PIPEFS_MAGIC */
    .device = PIPE_DEVICE,
};

static struct pipe *pipe_of(const struct node *node)
{
    return &((struct pipe_node *)((char *)node -
                                  offsetof(struct pipe_node, node)))
                ->pipe;
}

static int64_t pipe_open(struct description *file)
{
    pipe_of(file->node)->readers += description_readable(file);
    pipe_of(file->node)->writers += description_writable(file);
    return 0;
}

static void pipe_close(struct description *file)
{
    struct pipe *pipe = pipe_of(file->node);

    pipe->readers -= description_readable(file);
    pipe->writers -= description_writable(file);
    pipe_changed(pipe, file->node, POLLIN | POLLOUT);
}

static int64_t pipe_read(struct description *file, void *to, uint64_t length,
                         uint64_t offset)
{
    (void)offset;
    return pipe_take(pipe_of(file->node), file->node,
                     (file->flags & O_NONBLOCK) != 0, to, length);
}

static int64_t pipe_write(struct description *file, const void *from,
                          uint64_t length, uint64_t offset)
{
    (void)offset;
    return pipe_put(pipe_of(file->node), file->node,
                    (file->flags & O_NONBLOCK) != 0, from, length);
}

static uint32_t pipe_poll(struct description *file, struct poll_wait *wait)
{
    uint32_t events = 0;

    (void)wait;
    if (description_readable(file))
        events |= pipe_poll_read(pipe_of(file->node));
    if (description_writable(file))
        events |= pipe_poll_write(pipe_of(file->node));
    return events;
}

static int64_t pipe_ioctl(struct description *file, uint64_t request,
                          uint64_t argument)
{
    int32_t length = (int32_t)pipe_of(file->node)->length;

    if (request != FIONREAD)
        return -ENOTTY;
    return user_copy_out(argument, &length, sizeof(length));
}

static int64_t pipe_text(struct node *node, char *buffer, uint64_t size)
{
    return unnamed_node_text(node, "pipe", buffer, size);
}

static void pipe_release(struct node *node)
{
    heap_free(pipe_of(node)->buffer);
    heap_free((char *)node - offsetof(struct pipe_node, node));
}

static const struct node_operations operations = {
    .flags = NODE_STREAM,
    .open = pipe_open,
    .close = pipe_close,
    .read = pipe_read,
    .write = pipe_write,
    .poll = pipe_poll,
    .ioctl = pipe_ioctl,
    .readlink = pipe_text,
    .release = pipe_release,
};

bool pipe_is(const struct description *file)
{
    return file->node->operations == &operations;
}

int64_t pipe_capacity(const struct description *file)
{
    return (int64_t)pipe_of(file->node)->capacity;
}

/* A power of 2 of pages. What is in the pipe must fit and stays. */
int64_t pipe_set_capacity(struct description *file, uint64_t capacity)
{
    struct pipe *pipe = pipe_of(file->node);
    uint64_t rounded = PAGE_SIZE, length = pipe->length;
    uint8_t *buffer = NULL;

    if (capacity > INT32_MAX)
        return -EINVAL;
    while (rounded < capacity)
        rounded *= 2;
    if (rounded > CAPACITY_MAX && rounded > pipe->capacity &&
        !credentials_capable(CAP_SYS_RESOURCE))
        return -EPERM;
    if (rounded < length)
        return -EBUSY;
    if (length > 0) {
        buffer = heap_allocate(rounded);
        if (buffer == NULL)
            return -ENOMEM;
        pipe_take(pipe, file->node, true, buffer, length);
    }
    pipe->buffer = buffer;
    pipe->length = length;
    pipe->capacity = rounded;
    pipe_changed(pipe, file->node, POLLOUT);
    return (int64_t)rounded;
}

/* One end; takes over the reference, also on failure. */
static int64_t install_end(struct node *node, uint32_t flags)
{
    struct description *file =
        description_create(node, flags & ~(uint32_t)O_CLOEXEC);

    if (file == NULL)
        return -ENFILE;
    pipe_open(file);
    return descriptor_install(file, 0, (flags & O_CLOEXEC) != 0);
}

static int64_t create(uint64_t address, uint32_t flags)
{
    const uint32_t known = O_CLOEXEC | O_NONBLOCK;
    struct pipe_node *made;
    int64_t reading, writing;
    int32_t ends[2];

    if ((flags & ~known) != 0)
        return -EINVAL;
    made = heap_allocate_zeroed(sizeof(*made));
    if (made == NULL)
        return -ENFILE;
    unnamed_node_init(&made->node, &pipe_filesystem, &operations,
                      S_IFIFO | 0600);
    made->pipe.capacity = CAPACITY;
    reading = install_end(node_reference(&made->node), O_RDONLY | flags);
    writing = reading < 0
                  ? reading
                  : install_end(node_reference(&made->node), O_WRONLY | flags);
    node_release(&made->node);
    if (writing < 0) {
        if (reading >= 0)
            descriptor_close((uint64_t)reading);
        return writing;
    }
    ends[0] = (int32_t)reading;
    ends[1] = (int32_t)writing;
    if (user_copy_out(address, ends, sizeof(ends)) == 0)
        return 0;
    descriptor_close((uint64_t)reading);
    descriptor_close((uint64_t)writing);
    return -EFAULT;
}

int64_t sys_pipe(const struct registers *call)
{
    return create(call->rdi, 0);
}

int64_t sys_pipe2(const struct registers *call)
{
    return create(call->rdi, (uint32_t)call->rsi);
}
