/* Pipes: a bounded queue of bytes between descriptors. Source: pipe(7). */
#ifndef RINGSIDE_UNIKERNEL_PIPE_H
#define RINGSIDE_UNIKERNEL_PIPE_H

#include "guests/unikernel/descriptor.h"
#include "guests/unikernel/thread.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * One direction. Memory for what is in it is taken when there is something;
 * zeroed and with a capacity it is empty and ready.
 */
struct pipe {
    uint8_t *buffer; /* capacity bytes, or NULL while it is empty */
    uint64_t capacity, start, length;
    uint32_t readers, writers;
    struct wait_queue queue; /* whoever waits, for data or for room */
};

/*
 * Moves bytes as read(2) and write(2) on a pipe do, waiting unless the file
 * is O_NONBLOCK; node is told of changes (poll_changed). A write without a
 * reader is -EPIPE, and SIGPIPE.
 */
int64_t pipe_take(struct pipe *pipe, struct node *node, bool nonblocking,
                  void *to, uint64_t length);
int64_t pipe_put(struct pipe *pipe, struct node *node, bool nonblocking,
                 const void *from, uint64_t length);

/* POLL... of the reading and of the writing end. */
uint32_t pipe_poll_read(const struct pipe *pipe);
uint32_t pipe_poll_write(const struct pipe *pipe);

/*
 * Whoever waits looks again: for POLLIN, POLLOUT, or both where an end was
 * closed.
 */
void pipe_changed(struct pipe *pipe, struct node *node, uint32_t events);

/* Whether the description is of a pipe, for fcntl; its capacity set and got. */
bool pipe_is(const struct description *file);
int64_t pipe_capacity(const struct description *file);
int64_t pipe_set_capacity(struct description *file, uint64_t capacity);

#endif
