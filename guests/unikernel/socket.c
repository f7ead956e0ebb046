/* The two ends of a pair of sockets; see socket.h. */
#include "guests/unikernel/socket.h"

#include "guests/unikernel/address_space.h"
#include "guests/unikernel/heap.h"
#include "guests/unikernel/poll.h"
#include "guests/unikernel/unnamed_node.h"

#include <asm/errno.h>
#include <asm/ioctls.h>
#include <linux/fcntl.h>
#include <linux/poll.h>
#include <linux/stat.h>
#include <stddef.h>

enum { SOCKET_DEVICE = 8 };

static struct filesystem socket_filesystem = {
    .type = "sockfs",
    .magic = 0x534f434b, /* SOCKFS_MAGIC */
    .device = SOCKET_DEVICE,
};

static struct socket *socket_of_node(const struct node *node)
{
    return (struct socket *)((char *)node - offsetof(struct socket, node));
}

int64_t socket_receive(struct socket *socket, bool nonblocking, void *to,
                       uint64_t length)
{
    return pipe_take(&socket->received,
                     socket->peer != NULL ? &socket->peer->node : &socket->node,
                     nonblocking, to, length);
}

int64_t socket_send(struct socket *socket, bool nonblocking, const void *from,
                    uint64_t length)
{
    static struct pipe closed;

    if (socket->peer == NULL)
        return pipe_put(&closed, &socket->node, nonblocking, from, length);
    return pipe_put(&socket->peer->received, &socket->peer->node, nonblocking,
                    from, length);
}

static int64_t socket_read(struct description *file, void *to, uint64_t length,
                           uint64_t offset)
{
    (void)offset;
    return socket_receive(socket_of_node(file->node),
                          (file->flags & O_NONBLOCK) != 0, to, length);
}

static int64_t socket_write(struct description *file, const void *from,
                            uint64_t length, uint64_t offset)
{
    (void)offset;
    return socket_send(socket_of_node(file->node),
                       (file->flags & O_NONBLOCK) != 0, from, length);
}

static uint32_t socket_poll(struct description *file, struct poll_wait *wait)
{
    const struct socket *socket = socket_of_node(file->node);
    uint32_t events = pipe_poll_read(&socket->received) & ~(uint32_t)POLLHUP;
    bool no_more = socket->received.writers == 0;

    (void)wait;
    if (no_more)
        events |= POLLIN | POLLRDNORM | POLLRDHUP;
    if (socket->peer == NULL)
        return events | POLLHUP | POLLOUT | POLLWRNORM;
    if (no_more && socket->peer->received.writers == 0)
        events |= POLLHUP;
    if (pipe_poll_write(&socket->peer->received) & (POLLOUT | POLLERR))
        events |= POLLOUT | POLLWRNORM;
    return events;
}

static int64_t socket_ioctl(struct description *file, uint64_t request,
                            uint64_t argument)
{
    int32_t length = (int32_t)socket_of_node(file->node)->received.length;

    if (request != FIONREAD)
        return -ENOTTY;
    return user_copy_out(argument, &length, sizeof(length));
}

static int64_t socket_text(struct node *node, char *buffer, uint64_t size)
{
    return unnamed_node_text(node, "socket", buffer, size);
}

/* The peer reads what there is, then the end; what it writes is refused. */
static void socket_close(struct description *file)
{
    struct socket *socket = socket_of_node(file->node), *peer = socket->peer;

    if (peer == NULL)
        return;
    peer->peer = NULL;
    socket->peer = NULL;
    peer->received.writers = 0;
    pipe_changed(&peer->received, &peer->node, POLLIN | POLLOUT);
    pipe_changed(&socket->received, &peer->node, POLLIN | POLLOUT);
}

static void socket_release(struct node *node)
{
    heap_free(socket_of_node(node)->received.buffer);
    heap_free(socket_of_node(node));
}

static const struct node_operations operations = {
    .flags = NODE_STREAM,
    .close = socket_close,
    .read = socket_read,
    .write = socket_write,
    .poll = socket_poll,
    .ioctl = socket_ioctl,
    .readlink = socket_text,
    .release = socket_release,
};

struct socket *socket_of(const struct description *file)
{
    return file->node->operations == &operations ? socket_of_node(file->node)
                                                 : NULL;
}

struct socket *socket_create(void)
{
    struct socket *socket = heap_allocate_zeroed(sizeof(*socket));

    if (socket == NULL)
        return NULL;
    unnamed_node_init(&socket->node, &socket_filesystem, &operations,
                      S_IFSOCK | 0777);
    socket->received =
        (struct pipe){.capacity = SOCKET_CAPACITY, .readers = 1, .writers = 1};
    return socket;
}
