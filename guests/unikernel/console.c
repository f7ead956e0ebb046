/*
 * Console nodes, by hypercalls. Static, with their descriptions, so that a
 * start has nothing to do for them.
 */
#include "guests/unikernel/console.h"

#include "guests/unikernel/poll.h"
#include "guests/unikernel/signal.h"
#include "guests/unikernel/thread.h"
#include "guests/unikernel/vmm_call.h"

#include <asm/errno.h>
#include <linux/fcntl.h>
#include <linux/poll.h>
#include <linux/signal.h>
#include <linux/stat.h>
#include <stddef.h>

static uint64_t stream_of(const struct description *file)
{
    return (uint64_t)(file->node - console_nodes);
}

static int64_t console_read(struct description *file, void *to, uint64_t length,
                            uint64_t offset)
{
    int64_t moved;

    (void)offset;
    if (stream_of(file) != 0)
        return -EBADF;
    if (length == 0)
        return 0;
    moved = vmm_console_read((uint64_t)to, length);
    if (moved == -EAGAIN && !(file->flags & O_NONBLOCK))
        return thread_wait_streams(NULL, THREAD_STDIN_READABLE, THREAD_FOREVER);
    /* There may be more: for a poller that waits for edges. */
    if (moved > 0)
        poll_changed(file->node, POLLIN);
    return moved;
}

/* As write(2): a reader that went away is told by signal, then by errno. */
static int64_t console_write(struct description *file, const void *from,
                             uint64_t length, uint64_t offset)
{
    uint64_t written = 0;

    (void)offset;
    if (stream_of(file) == 0)
        return -EBADF;
    while (written < length) {
        int64_t moved = vmm_console_write(
            stream_of(file), (uint64_t)from + written, length - written);

        if (moved == -EINTR) {
            if (!thread_interrupted())
                continue;
            moved = -ERESTARTSYS;
        }
        if (moved == -EPIPE)
            signal_raise(SIGPIPE);
        if (moved <= 0)
            return written > 0 ? (int64_t)written : moved;
        written += (uint64_t)moved;
    }
    return (int64_t)written;
}

/* What the host says of the stream now. */
static uint32_t console_poll(struct description *file, struct poll_wait *wait)
{
    static const struct {
        uint64_t stream;
        uint32_t events;
    } streams[] = {
        {THREAD_STDIN_READABLE, POLLIN | POLLRDNORM},
        {THREAD_STDOUT_WRITABLE, POLLOUT | POLLWRNORM},
        {THREAD_STDERR_WRITABLE, POLLOUT | POLLWRNORM},
    };
    uint64_t number = stream_of(file);

    if (wait != NULL)
        wait->streams |= streams[number].stream;
    return vmm_poll(0, streams[number].stream) > 0 ? streams[number].events : 0;
}

static const struct node_operations operations = {
    .flags = NODE_STREAM,
    .read = console_read,
    .write = console_write,
    .poll = console_poll,
};

static struct filesystem pipes = {.type = "pipefs", .magic = 0x50495045};

/* To the program each stream looks like a pipe. */
#define CONSOLE_NODE(number)                                       \
    {                                                              \
        .operations = &operations, .filesystem = &pipes,           \
        .inode = (number) + 1, .links = 1, .mode = S_IFIFO | 0600, \
        .references = 2,                                           \
    }

struct node console_nodes[3] = {
    CONSOLE_NODE(0),
    CONSOLE_NODE(1),
    CONSOLE_NODE(2),
};

/* One reference more than descriptors, so that none is ever freed. */
struct description console_descriptions[3] = {
    {.node = &console_nodes[0], .flags = O_RDONLY, .references = 2},
    {.node = &console_nodes[1], .flags = O_WRONLY, .references = 2},
    {.node = &console_nodes[2], .flags = O_WRONLY, .references = 2},
};
