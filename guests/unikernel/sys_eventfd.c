/* Event counters, eventfd(2). */
#include "guests/unikernel/descriptor.h"
#include "guests/unikernel/heap.h"
#include "guests/unikernel/poll.h"
#include "guests/unikernel/string.h"
#include "guests/unikernel/syscalls.h"
#include "guests/unikernel/thread.h"
#include "guests/unikernel/unnamed_node.h"

#include <asm/errno.h>
#include <linux/fcntl.h>
#include <linux/poll.h>
#include <stddef.h>

/* The flags of <sys/eventfd.h>, which only C libraries have everywhere. */
enum {
    EFD_SEMAPHORE = 1,
    EFD_NONBLOCK = O_NONBLOCK,
    EFD_CLOEXEC = O_CLOEXEC,
};

struct event_counter {
    struct node node;
    uint64_t count;
    bool semaphore; /* a read takes one, not all */
    struct wait_queue queue;
};

static struct event_counter *counter_of(struct node *node)
{
    return (struct event_counter *)((char *)node -
                                    offsetof(struct event_counter, node));
}

static int64_t wait(struct description *file, struct event_counter *counter)
{
    return file->flags & O_NONBLOCK
               ? -EAGAIN
               : thread_wait(&counter->queue, THREAD_FOREVER);
}

static void changed(struct event_counter *counter, uint32_t events)
{
    thread_wake(&counter->queue, UINT64_MAX);
    poll_changed(&counter->node, events);
}

static int64_t counter_read(struct description *file, void *to, uint64_t length,
                            uint64_t offset)
{
    struct event_counter *counter = counter_of(file->node);
    uint64_t taken;

    (void)offset;
    if (length < sizeof(taken))
        return -EINVAL;
    if (counter->count == 0)
        return wait(file, counter);
    taken = counter->semaphore ? 1 : counter->count;
    counter->count -= taken;
    memcpy(to, &taken, sizeof(taken));
    changed(counter, POLLOUT);
    return sizeof(taken);
}

static int64_t counter_write(struct description *file, const void *from,
                             uint64_t length, uint64_t offset)
{
    struct event_counter *counter = counter_of(file->node);
    uint64_t added;

    (void)offset;
    if (length < sizeof(added))
        return -EINVAL;
    memcpy(&added, from, sizeof(added));
    if (added == UINT64_MAX)
        return -EINVAL;
    if (added >= UINT64_MAX - counter->count)
        return wait(file, counter);
    counter->count += added;
    changed(counter, POLLIN);
    return sizeof(added);
}

static uint32_t counter_poll(struct description *file, struct poll_wait *wait)
{
    const struct event_counter *counter = counter_of(file->node);
    uint32_t events = 0;

    (void)wait;
    if (counter->count > 0)
        events |= POLLIN;
    if (counter->count < UINT64_MAX - 1)
        events |= POLLOUT;
    return events;
}

static int64_t counter_text(struct node *node, char *buffer, uint64_t size)
{
    (void)node;
    return unnamed_node_kind("anon_inode:[eventfd]", buffer, size);
}

static void counter_release(struct node *node)
{
    heap_free(counter_of(node));
}

static const struct node_operations operations = {
    .flags = NODE_STREAM,
    .read = counter_read,
    .write = counter_write,
    .poll = counter_poll,
    .readlink = counter_text,
    .release = counter_release,
};

static int64_t create(uint64_t count, uint32_t flags)
{
    struct event_counter *counter;

    if ((flags & ~(uint32_t)(EFD_SEMAPHORE | EFD_CLOEXEC | EFD_NONBLOCK)) != 0)
        return -EINVAL;
    counter = heap_allocate_zeroed(sizeof(*counter));
    if (counter == NULL)
        return -ENOMEM;
    unnamed_node_init(&counter->node, &unnamed_filesystem, &operations, 0600);
    counter->count = (uint32_t)count;
    counter->semaphore = (flags & EFD_SEMAPHORE) != 0;
    return unnamed_node_install(&counter->node,
                                O_RDWR | (flags & ~(uint32_t)EFD_SEMAPHORE));
}

int64_t sys_eventfd(const struct registers *call)
{
    return create(call->rdi, 0);
}

int64_t sys_eventfd2(const struct registers *call)
{
    return create(call->rdi, (uint32_t)call->rsi);
}
