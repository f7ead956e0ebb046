/* The calls of epoll(7). */
#include "guests/unikernel/address_space.h"
#include "guests/unikernel/descriptor.h"
#include "guests/unikernel/epoll.h"
#include "guests/unikernel/poll_time.h"
#include "guests/unikernel/syscalls.h"
#include "guests/unikernel/thread.h"
#include "guests/unikernel/unnamed_node.h"

#include <asm/errno.h>
#include <linux/eventpoll.h>
#include <linux/fcntl.h>
#include <stddef.h>

/* No program's address is at or above this one. */
#define ADDRESS_LIMIT (1ull << 47)

/* What an exclusive entry may ask for: EPOLLEXCLUSIVE_OK_BITS of Linux. */
#define EXCLUSIVE_ALLOWED                                               \
    (EPOLLIN | EPOLLOUT | EPOLLERR | EPOLLHUP | EPOLLWAKEUP | EPOLLET | \
     EPOLLEXCLUSIVE)

static int64_t create(uint32_t flags)
{
    struct node *node;

    if ((flags & ~(uint32_t)EPOLL_CLOEXEC) != 0)
        return -EINVAL;
    node = epoll_create();
    if (node == NULL)
        return -ENOMEM;
    return unnamed_node_install(node, O_RDWR | flags);
}

int64_t sys_epoll_create(const struct registers *call)
{
    return (int32_t)call->rdi <= 0 ? -EINVAL : create(0);
}

int64_t sys_epoll_create1(const struct registers *call)
{
    return create((uint32_t)call->rdi);
}

/* One epoll_ctl(2), its descriptors resolved. */
struct control {
    struct epoll *epoll;
    struct description *file;
    uint32_t descriptor;
    struct epoll_event event;
};

static int64_t control_add(const struct control *control)
{
    const struct interest added = {
        .file = control->file,
        .descriptor = control->descriptor,
        .events = control->event.events,
        .data = control->event.data,
    };

    if ((added.events & EPOLLEXCLUSIVE) != 0 &&
        ((added.events & ~EXCLUSIVE_ALLOWED) != 0 ||
         epoll_of(control->file) != NULL))
        return -EINVAL;
    if (epoll_find(control->epoll, added.file, added.descriptor) != NULL)
        return -EEXIST;
    return epoll_add(control->epoll, &added);
}

static int64_t control_delete(const struct control *control)
{
    struct interest *found =
        epoll_find(control->epoll, control->file, control->descriptor);

    if (found == NULL)
        return -ENOENT;
    epoll_remove(control->epoll, found);
    return 0;
}

static int64_t control_modify(const struct control *control)
{
    struct interest *found =
        epoll_find(control->epoll, control->file, control->descriptor);

    if ((control->event.events & EPOLLEXCLUSIVE) != 0)
        return -EINVAL;
    if (found == NULL)
        return -ENOENT;
    if ((found->events & EPOLLEXCLUSIVE) != 0)
        return -EINVAL;
    epoll_rearm(control->epoll, found, control->event.events,
                control->event.data);
    return 0;
}

int64_t sys_epoll_ctl(const struct registers *call)
{
    static int64_t (*const serve[])(const struct control *control) = {
        [EPOLL_CTL_ADD] = control_add,
        [EPOLL_CTL_DEL] = control_delete,
        [EPOLL_CTL_MOD] = control_modify,
    };
    const uint32_t operation = (uint32_t)call->rsi;
    struct description *list = descriptor_get((uint32_t)call->rdi);
    struct control control = {
        .file = descriptor_get((uint32_t)call->rdx),
        .descriptor = (uint32_t)call->rdx,
    };

    if (operation != EPOLL_CTL_DEL &&
        user_copy_in(&control.event, call->r10, sizeof(control.event)) < 0)
        return -EFAULT;
    if (list == NULL || control.file == NULL)
        return -EBADF;
    if (control.file->node->operations->poll == NULL)
        return -EPERM;
    control.epoll = epoll_of(list);
    if (control.epoll == NULL || list == control.file || operation == 0 ||
        operation >= sizeof(serve) / sizeof(serve[0]))
        return -EINVAL;
    return serve[operation](&control);
}

static bool report(void *context, uint32_t events, uint64_t data)
{
    const struct epoll_event event = {.events = events, .data = data};
    uint64_t *address = context;

    if (user_copy_out(*address, &event, sizeof(event)) < 0)
        return false;
    *address += sizeof(event);
    return true;
}

/* Whether the call can be served at all: 0 or an error. */
static int64_t check_wait(const struct registers *call)
{
    const struct description *list = descriptor_get((uint32_t)call->rdi);
    int32_t count = (int32_t)call->rdx;

    if (count <= 0 || (uint64_t)count > INT32_MAX / sizeof(struct epoll_event))
        return -EINVAL;
    if (call->rsi >= ADDRESS_LIMIT)
        return -EFAULT;
    if (list == NULL)
        return -EBADF;
    return epoll_of(list) == NULL ? -EINVAL : 0;
}

static int64_t wait_until(const struct registers *call, uint64_t deadline)
{
    int64_t status = check_wait(call);
    bool again = status == 0;

    while (again) {
        struct epoll *epoll = epoll_of(descriptor_get((uint32_t)call->rdi));
        struct poll_wait wait = {.deadline = THREAD_FOREVER};
        uint64_t address = call->rsi;
        int64_t count =
            epoll_collect(epoll, (uint32_t)call->rdx, &wait, report, &address);

        if (count != 0)
            return count;
        status = poll_wait(&wait, deadline, &again);
    }
    return status;
}

/* A timeout in milliseconds; a negative one never ends. */
static uint64_t deadline_of(uint64_t timeout)
{
    int32_t milliseconds = (int32_t)timeout;

    return milliseconds < 0
               ? THREAD_FOREVER
               : poll_deadline((uint64_t)milliseconds * NS_PER_MILLISECOND);
}

int64_t sys_epoll_wait(const struct registers *call)
{
    return wait_until(call, deadline_of(call->r10));
}

int64_t sys_epoll_pwait(const struct registers *call)
{
    const struct poll_time no_time = {.deadline = THREAD_FOREVER};
    int64_t status = poll_mask_set(call->r8, call->r9);

    if (status < 0)
        return status;
    return poll_finish(&no_time, wait_until(call, deadline_of(call->r10)));
}

/* Unlike ppoll it does not write back what is left of its time. */
int64_t sys_epoll_pwait2(const struct registers *call)
{
    const struct poll_time no_time = {.deadline = THREAD_FOREVER};
    struct poll_time time;
    int64_t status = poll_time_read(&time, call->r10, POLL_TIMESPEC);

    if (status == 0)
        status = poll_mask_set(call->r8, call->r9);
    if (status < 0)
        return status;
    return poll_finish(&no_time, wait_until(call, time.deadline));
}
