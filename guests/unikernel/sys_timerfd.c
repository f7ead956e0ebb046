/*
 * Timers that are read, timerfd_create(2). Nothing happens when one expires:
 * who waits for it has its moment as a deadline, and how often it expired is
 * counted when somebody looks.
 */
#include "guests/unikernel/address_space.h"
#include "guests/unikernel/clock.h"
#include "guests/unikernel/descriptor.h"
#include "guests/unikernel/heap.h"
#include "guests/unikernel/poll.h"
#include "guests/unikernel/string.h"
#include "guests/unikernel/syscalls.h"
#include "guests/unikernel/thread.h"
#include "guests/unikernel/time.h"
#include "guests/unikernel/unnamed_node.h"

#include <asm/errno.h>
#include <linux/fcntl.h>
#include <linux/poll.h>
#include <linux/time.h>
#include <linux/timerfd.h>
#include <stddef.h>

struct timer_file {
    struct node node;
    bool realtime;
    uint64_t moment; /* of clock_monotonic_ns, 0: not running */
    uint64_t interval;
    uint64_t expired; /* since the last read */
    struct wait_queue queue;
};

static struct timer_file *timer_of(struct node *node)
{
    return (struct timer_file *)((char *)node -
                                 offsetof(struct timer_file, node));
}

/* Counts what has expired by now; who waits for edges is told of a new one. */
static void count(struct timer_file *timer)
{
    uint64_t now = clock_monotonic_ns(), more = 1;

    if (timer->moment == 0 || now < timer->moment)
        return;
    if (timer->interval == 0) {
        timer->moment = 0;
    } else {
        more += (now - timer->moment) / timer->interval;
        timer->moment += more * timer->interval;
    }
    timer->expired += more;
    timer->node.changes_in++;
}

static int64_t timer_read(struct description *file, void *to, uint64_t length,
                          uint64_t offset)
{
    struct timer_file *timer = timer_of(file->node);

    (void)offset;
    if (length < sizeof(timer->expired))
        return -EINVAL;
    for (count(timer); timer->expired == 0; count(timer)) {
        int64_t status;

        if (file->flags & O_NONBLOCK)
            return -EAGAIN;
        status = thread_wait(
            &timer->queue, timer->moment != 0 ? timer->moment : THREAD_FOREVER);
        if (status != -ETIMEDOUT)
            return status;
    }
    memcpy(to, &timer->expired, sizeof(timer->expired));
    timer->expired = 0;
    return sizeof(timer->expired);
}

static uint32_t timer_poll(struct description *file, struct poll_wait *wait)
{
    struct timer_file *timer = timer_of(file->node);

    count(timer);
    if (timer->expired > 0)
        return POLLIN;
    if (wait != NULL && timer->moment != 0 && timer->moment < wait->deadline)
        wait->deadline = timer->moment;
    return 0;
}

static int64_t timer_text(struct node *node, char *buffer, uint64_t size)
{
    (void)node;
    return unnamed_node_kind("anon_inode:[timerfd]", buffer, size);
}

static void timer_release(struct node *node)
{
    heap_free(timer_of(node));
}

static const struct node_operations operations = {
    .flags = NODE_STREAM,
    .read = timer_read,
    .poll = timer_poll,
    .readlink = timer_text,
    .release = timer_release,
};

int64_t sys_timerfd_create(const struct registers *call)
{
    uint32_t clock = (uint32_t)call->rdi, flags = (uint32_t)call->rsi;
    struct timer_file *timer;

    if ((flags & ~(uint32_t)(TFD_CLOEXEC | TFD_NONBLOCK)) != 0 ||
        (clock != CLOCK_MONOTONIC && clock != CLOCK_REALTIME &&
         clock != CLOCK_BOOTTIME))
        return -EINVAL;
    timer = heap_allocate_zeroed(sizeof(*timer));
    if (timer == NULL)
        return -ENOMEM;
    unnamed_node_init(&timer->node, &unnamed_filesystem, &operations, 0600);
    timer->realtime = clock == CLOCK_REALTIME;
    return unnamed_node_install(&timer->node, O_RDWR | flags);
}

/* The descriptor's timer: 0, or -EBADF, -EINVAL. */
static int64_t find(uint64_t descriptor, struct timer_file **timer)
{
    struct description *file = descriptor_get((uint32_t)descriptor);

    if (file == NULL)
        return -EBADF;
    if (file->node->operations != &operations)
        return -EINVAL;
    *timer = timer_of(file->node);
    return 0;
}

static int64_t copy_out_setting(uint64_t address, struct timer_file *timer)
{
    struct __kernel_itimerspec setting = {0};
    uint64_t now = clock_monotonic_ns();

    count(timer);
    setting.it_interval = time_to(timer->interval);
    if (timer->moment != 0)
        setting.it_value =
            time_to(timer->moment > now ? timer->moment - now : 1);
    return user_copy_out(address, &setting, sizeof(setting));
}

int64_t sys_timerfd_gettime(const struct registers *call)
{
    struct timer_file *timer;
    int64_t status = find(call->rdi, &timer);

    return status < 0 ? status : copy_out_setting(call->rsi, timer);
}

/* When a value given means; never 0 but for none. */
static uint64_t moment_of(const struct timer_file *timer, uint64_t flags,
                          uint64_t value)
{
    uint64_t moment;

    if (value == 0)
        return 0;
    if (flags & TFD_TIMER_ABSTIME)
        moment = timer->realtime ? clock_realtime_moment(value) : value;
    else if (__builtin_add_overflow(clock_monotonic_ns(), value, &moment))
        moment = THREAD_FOREVER;
    return moment == 0 ? 1 : moment;
}

int64_t sys_timerfd_settime(const struct registers *call)
{
    const uint64_t known = TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET;
    struct __kernel_itimerspec setting;
    uint64_t value, interval;
    struct timer_file *timer;
    int64_t status;

    if (user_copy_in(&setting, call->rdx, sizeof(setting)) < 0)
        return -EFAULT;
    if ((uint32_t)call->rsi & ~known || time_from(&setting.it_value, &value) ||
        time_from(&setting.it_interval, &interval))
        return -EINVAL;
    status = find(call->rdi, &timer);
    if (status == 0 && call->r10 != 0)
        status = copy_out_setting(call->r10, timer);
    if (status < 0)
        return status;
    timer->moment = moment_of(timer, call->rsi, value);
    timer->interval = interval;
    timer->expired = 0;
    thread_wake(&timer->queue, UINT64_MAX);
    poll_changed(&timer->node, 0);
    return 0;
}
