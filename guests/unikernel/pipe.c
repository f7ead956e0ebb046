/* The bytes of a pipe: a ring that is there while it holds something. */
#include "guests/unikernel/pipe.h"

#include "guests/unikernel/heap.h"
#include "guests/unikernel/poll.h"
#include "guests/unikernel/signal.h"
#include "guests/unikernel/string.h"
#include "guests/unikernel/syscalls.h"

#include <asm/errno.h>
#include <linux/limits.h>
#include <linux/poll.h>
#include <linux/signal.h>
#include <stddef.h>

static uint64_t least(uint64_t one, uint64_t other)
{
    return one < other ? one : other;
}

void pipe_changed(struct pipe *pipe, struct node *node, uint32_t events)
{
    if (pipe->queue.first != NULL)
        thread_wake(&pipe->queue, UINT64_MAX);
    poll_changed(node, events);
}

/* In at most two parts, since the ring ends somewhere. */
static void copy_out(struct pipe *pipe, uint8_t *to, uint64_t length)
{
    uint64_t first = least(length, pipe->capacity - pipe->start);

    memcpy(to, pipe->buffer + pipe->start, first);
    memcpy(to + first, pipe->buffer, length - first);
    pipe->start = (pipe->start + length) % pipe->capacity;
    pipe->length -= length;
    if (pipe->length == 0) {
        heap_free(pipe->buffer);
        pipe->buffer = NULL;
        pipe->start = 0;
    }
}

static void copy_in(struct pipe *pipe, const uint8_t *from, uint64_t length)
{
    uint64_t end = (pipe->start + pipe->length) % pipe->capacity;
    uint64_t first = least(length, pipe->capacity - end);

    memcpy(pipe->buffer + end, from, first);
    memcpy(pipe->buffer, from + first, length - first);
    pipe->length += length;
}

int64_t pipe_take(struct pipe *pipe, struct node *node, bool nonblocking,
                  void *to, uint64_t length)
{
    bool was_full;

    if (length == 0)
        return 0;
    if (pipe->length == 0) {
        if (pipe->writers == 0)
            return 0;
        return nonblocking ? -EAGAIN
                           : thread_wait(&pipe->queue, THREAD_FOREVER);
    }
    was_full = (pipe_poll_write(pipe) & POLLOUT) == 0;
    length = least(length, pipe->length);
    copy_out(pipe, to, length);
    if (was_full)
        pipe_changed(pipe, node, POLLOUT);
    return (int64_t)length;
}

static int64_t broken(uint64_t done)
{
    signal_raise(SIGPIPE);
    return done > 0 ? (int64_t)done : -EPIPE;
}

/* What fits now: up to PIPE_BUF bytes go in one piece or not at all. */
static uint64_t room_for(const struct pipe *pipe, uint64_t length)
{
    uint64_t room = pipe->capacity - pipe->length;

    return length <= PIPE_BUF && room < length ? 0 : least(room, length);
}

/* Puts what fits now; returns how much that is, or an error. */
static int64_t put_some(struct pipe *pipe, struct node *node,
                        const uint8_t *from, uint64_t length)
{
    uint64_t part = room_for(pipe, length);

    if (part == 0)
        return 0;
    if (pipe->buffer == NULL)
        pipe->buffer = heap_allocate(pipe->capacity);
    if (pipe->buffer == NULL)
        return -ENOMEM;
    copy_in(pipe, from, part);
    pipe_changed(pipe, node, POLLIN);
    return (int64_t)part;
}

/* What was put so far is the call's progress while it waits for room. */
int64_t pipe_put(struct pipe *pipe, struct node *node, bool nonblocking,
                 const void *from, uint64_t length)
{
    uint64_t done = thread_restarted() ? *thread_progress() : 0;
    int64_t status;

    if (length == 0)
        return 0;
    if (pipe->readers == 0)
        return broken(done);
    status = put_some(pipe, node, (const uint8_t *)from + done, length - done);
    if (status > 0)
        done += (uint64_t)status;
    if (status >= 0 && done < length) {
        status =
            nonblocking ? -EAGAIN : thread_wait(&pipe->queue, THREAD_FOREVER);
        if (status == THREAD_WAIT) {
            *thread_progress() = done;
            return status;
        }
    }
    return done > 0 ? (int64_t)done : status;
}

uint32_t pipe_poll_read(const struct pipe *pipe)
{
    uint32_t events = 0;

    if (pipe->length > 0)
        events |= POLLIN | POLLRDNORM;
    if (pipe->writers == 0)
        events |= POLLHUP;
    return events;
}

uint32_t pipe_poll_write(const struct pipe *pipe)
{
    uint32_t events = 0;

    if (pipe->capacity - pipe->length >= PIPE_BUF)
        events |= POLLOUT | POLLWRNORM;
    if (pipe->readers == 0)
        events |= POLLERR;
    return events;
}
