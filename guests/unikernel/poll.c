/* Readiness of files; see poll.h. */
#include "guests/unikernel/poll.h"

#include "guests/unikernel/clock.h"
#include "guests/unikernel/thread.h"

#include <asm/errno.h>
#include <linux/poll.h>
#include <stddef.h>

static struct wait_queue pollers;

uint32_t poll_events(struct description *file, uint32_t wanted,
                     struct poll_wait *wait)
{
    uint32_t events = POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM;

    if (wait != NULL)
        wait->wanted = wanted;
    if (file->node->operations->poll != NULL)
        events = file->node->operations->poll(file, wait);
    return events & (wanted | POLLERR | POLLHUP);
}

void poll_changed(struct node *node, uint32_t events)
{
    node->changes_in += (events & POLLIN) != 0;
    node->changes_out += (events & POLLOUT) != 0;
    if (pollers.first != NULL)
        thread_wake(&pollers, UINT64_MAX);
}

int64_t poll_wait(const struct poll_wait *wait, uint64_t deadline, bool *again)
{
    uint64_t first = deadline < wait->deadline ? deadline : wait->deadline;
    int64_t status = thread_wait_streams(&pollers, wait->streams, first);

    *again = status == -ETIMEDOUT &&
             (deadline == THREAD_FOREVER || clock_monotonic_ns() < deadline);
    if (status == -ETIMEDOUT)
        return 0;
    return status == -ERESTARTSYS ? -EINTR : status;
}
