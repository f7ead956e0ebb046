/*
 * Console nodes, by hypercalls. Static, with their descriptions, so that a
 * start has nothing to do for them.
 */
#include "guests/unikernel/console.h"

#include "guests/unikernel/device.h"
#include "guests/unikernel/poll.h"
#include "guests/unikernel/process.h"
#include "guests/unikernel/signal.h"
#include "guests/unikernel/terminal.h"
#include "guests/unikernel/thread.h"
#include "guests/unikernel/unnamed_node.h"
#include "guests/unikernel/vmm_call.h"

#include <asm/errno.h>
#include <linux/fcntl.h>
#include <linux/poll.h>
#include <linux/signal.h>
#include <linux/stat.h>
#include <stddef.h>

enum { STDIN, STDOUT, STDERR, STREAMS };

/* Which stream a file writes to; stdin for none. */
static uint64_t output_of(const struct description *file)
{
    return file->node == &console_terminal
               ? STDOUT
               : (uint64_t)(file->node - console_nodes);
}

static bool is_input(const struct description *file)
{
    return file->node == &console_terminal || output_of(file) == STDIN;
}

static int64_t console_read(struct description *file, void *to, uint64_t length,
                            uint64_t offset)
{
    int64_t moved;

    (void)offset;
    if (!is_input(file))
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
    if (output_of(file) == STDIN)
        return -EBADF;
    while (written < length) {
        int64_t moved = vmm_console_write(
            output_of(file), (uint64_t)from + written, length - written);

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

/* Streams whose readiness a poller wants to hear of. */
static uint64_t wanted_streams(uint64_t streams, const struct poll_wait *wait)
{
    const uint32_t in = POLLIN | POLLRDNORM, out = POLLOUT | POLLWRNORM;

    return ((wait->wanted & in) ? streams & THREAD_STDIN_READABLE : 0) |
           ((wait->wanted & out) ? streams & ~THREAD_STDIN_READABLE : 0);
}

/* What the host says of the streams now. */
static uint32_t console_poll(struct description *file, struct poll_wait *wait)
{
    static const uint64_t writable[STREAMS] = {
        [STDOUT] = THREAD_STDOUT_WRITABLE,
        [STDERR] = THREAD_STDERR_WRITABLE,
    };
    uint64_t streams = writable[output_of(file)];
    uint32_t events = 0;
    int64_t ready;

    if (is_input(file))
        streams |= THREAD_STDIN_READABLE;
    if (wait != NULL)
        wait->streams |= wanted_streams(streams, wait);
    ready = vmm_poll(0, streams);
    if (ready > 0 && ready & THREAD_STDIN_READABLE)
        events |= POLLIN | POLLRDNORM;
    if (ready > 0 && ready & ~THREAD_STDIN_READABLE)
        events |= POLLOUT | POLLWRNORM;
    return events;
}

static bool is_terminal(uint64_t stream)
{
    return (process_boot()->terminals >> stream & 1) != 0;
}

/* A stream that is a terminal is /dev/console to the program. */
static void console_refresh(struct node *node)
{
    if (node == &console_terminal ||
        !is_terminal((uint64_t)(node - console_nodes)))
        return;
    node->filesystem = console_terminal.filesystem;
    node->inode = console_terminal.inode;
    node->mode = console_terminal.mode;
    node->device = console_terminal.device;
}

/* How it is called in /proc/self/fd. */
static int64_t console_text(struct node *node, char *buffer, uint64_t size)
{
    console_refresh(node);
    if (node_is(node, S_IFCHR))
        return unnamed_node_kind("/dev/console", buffer, size);
    return unnamed_node_text(node, "pipe", buffer, size);
}

/* The VMM does what concerns the host's terminal; see terminal.c. */
static int64_t console_ioctl(struct description *file, uint64_t request,
                             uint64_t argument)
{
    uint64_t stream = output_of(file);

    if (file->node == &console_terminal && !is_terminal(stream))
        stream = STDIN;
    return is_terminal(stream) ? terminal_control(stream, request, argument)
                               : -ENOTTY;
}

static const struct node_operations operations = {
    .flags = NODE_STREAM,
    .read = console_read,
    .write = console_write,
    .poll = console_poll,
    .ioctl = console_ioctl,
    .refresh = console_refresh,
    .readlink = console_text,
};

static struct filesystem pipes = {.type = "pipefs", .magic = 0x50495045};

/* To the program each stream looks like a pipe, if it is no terminal. */
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

struct node console_terminal = {
    .operations = &operations,
    .filesystem = &device_filesystem,
    .inode = CONSOLE_INODE,
    .links = 1,
    .mode = S_IFCHR | 0620,
    .device = CONSOLE_DEVICE,
    .references = 1,
};

/* One reference more than descriptors, so that none is ever freed. */
struct description console_descriptions[3] = {
    {.node = &console_nodes[0], .flags = O_RDONLY, .references = 2},
    {.node = &console_nodes[1], .flags = O_WRONLY, .references = 2},
    {.node = &console_nodes[2], .flags = O_WRONLY, .references = 2},
};
