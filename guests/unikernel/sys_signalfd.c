/*
 * Signals that are read, signalfd(2). A signal is taken by the thread that
 * reads; the file itself holds nothing but the set of signals.
 */
#include "guests/unikernel/address_space.h"
#include "guests/unikernel/descriptor.h"
#include "guests/unikernel/heap.h"
#include "guests/unikernel/poll.h"
#include "guests/unikernel/scheduler.h"
#include "guests/unikernel/string.h"
#include "guests/unikernel/syscalls.h"
#include "guests/unikernel/unnamed_node.h"

#include <asm/errno.h>
#include <asm/siginfo.h>
#include <linux/fcntl.h>
#include <linux/poll.h>
#include <linux/signal.h>
#include <linux/signalfd.h>
#include <stddef.h>

struct signal_file {
    struct node node;
    uint64_t set;
};

static struct signal_file *signals_of(struct node *node)
{
    return (struct signal_file *)((char *)node -
                                  offsetof(struct signal_file, node));
}

static struct signalfd_siginfo describe(const struct signal_info *info)
{
    struct signalfd_siginfo told = {
        .ssi_signo = (uint32_t)info->signal,
        .ssi_errno = info->error,
        .ssi_code = info->code,
        .ssi_int = (int32_t)info->fields[1],
        .ssi_ptr = info->fields[1],
    };

    if (info->code == SI_TIMER) {
        told.ssi_tid = (uint32_t)info->fields[0];
        told.ssi_overrun = (uint32_t)(info->fields[0] >> 32);
    } else {
        told.ssi_pid = (uint32_t)info->fields[0];
        told.ssi_uid = (uint32_t)(info->fields[0] >> 32);
    }
    return told;
}

static int64_t signals_read(struct description *file, void *to, uint64_t length,
                            uint64_t offset)
{
    const uint64_t set = signals_of(file->node)->set;
    struct signalfd_siginfo *told = to;
    uint64_t room = length / sizeof(*told), count = 0;
    struct signal_info info;

    (void)offset;
    if (room == 0)
        return -EINVAL;
    while (count < room && signal_take(thread_current, set, &info)) {
        const struct signalfd_siginfo one = describe(&info);

        memcpy(&told[count++], &one, sizeof(one));
    }
    if (count > 0)
        return (int64_t)(count * sizeof(*told));
    if (file->flags & O_NONBLOCK)
        return -EAGAIN;
    thread_current->signals.awaited = set;
    return thread_wait(NULL, THREAD_FOREVER);
}

static uint32_t signals_poll(struct description *file, struct poll_wait *wait)
{
    const uint64_t set = signals_of(file->node)->set;

    /* A signal gets whoever polls out of the wait; see notice in signal.c. */
    if (wait != NULL)
        thread_current->signals.awaited |= set;
    return signal_pending(thread_current) & set ? POLLIN : 0;
}

static int64_t signals_text(struct node *node, char *buffer, uint64_t size)
{
    (void)node;
    return unnamed_node_kind("anon_inode:[signalfd]", buffer, size);
}

static void signals_release(struct node *node)
{
    heap_free(signals_of(node));
}

static const struct node_operations operations = {
    .flags = NODE_STREAM,
    .read = signals_read,
    .poll = signals_poll,
    .readlink = signals_text,
    .release = signals_release,
};

static int64_t change(int32_t descriptor, uint64_t set)
{
    struct description *file = descriptor_get((uint32_t)descriptor);

    if (file == NULL)
        return -EBADF;
    if (file->node->operations != &operations)
        return -EINVAL;
    signals_of(file->node)->set = set;
    return descriptor;
}

static int64_t create(uint64_t set, uint32_t flags)
{
    struct signal_file *file = heap_allocate_zeroed(sizeof(*file));

    if (file == NULL)
        return -ENOMEM;
    unnamed_node_init(&file->node, &unnamed_filesystem, &operations, 0600);
    file->set = set;
    return unnamed_node_install(&file->node, O_RDWR | flags);
}

static int64_t signal_file(const struct registers *call, uint32_t flags)
{
    uint64_t set;

    if (call->rdx != sizeof(set) ||
        (flags & ~(uint32_t)(SFD_CLOEXEC | SFD_NONBLOCK)) != 0)
        return -EINVAL;
    if (user_copy_in(&set, call->rsi, sizeof(set)) < 0)
        return -EFAULT;
    set &= ~(signal_bit(SIGKILL) | signal_bit(SIGSTOP));
    if ((int32_t)call->rdi == -1)
        return create(set, flags);
    return change((int32_t)call->rdi, set);
}

int64_t sys_signalfd(const struct registers *call)
{
    return signal_file(call, 0);
}

int64_t sys_signalfd4(const struct registers *call)
{
    return signal_file(call, (uint32_t)call->r10);
}
