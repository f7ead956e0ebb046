/*
 * Readiness: what poll, select and epoll ask of a node, and how they learn of
 * a change. All pollers wait in one queue and look again when anything
 * changed; with one processor and few of them that costs less than a queue
 * for each file, and cannot lose a change.
 */
#ifndef RINGSIDE_UNIKERNEL_POLL_H
#define RINGSIDE_UNIKERNEL_POLL_H

#include "guests/unikernel/descriptor.h"

#include <stdint.h>

/* What else than poll_changed can make files ready, gathered from them. */
struct poll_wait {
    uint64_t streams;  /* of the host: enum thread_streams */
    uint64_t deadline; /* a moment of clock_monotonic_ns, or THREAD_FOREVER */
    uint32_t wanted;   /* of the file that is asked: POLL... it is asked for */
};

/*
 * Those POLL... of <linux/poll.h> that hold now and are wanted; POLLERR and
 * POLLHUP are in any case. Adds to *wait, which may be NULL, what the file
 * waits for: of no stream that nobody wants, or the wait would be over at once,
 * again and again.
 */
uint32_t poll_events(struct description *file, uint32_t wanted,
                     struct poll_wait *wait);

/*
 * To be called whenever a node may have become ready: for POLLIN, for POLLOUT,
 * or with both for anything.
 */
void poll_changed(struct node *node, uint32_t events);

/*
 * Waits until something may have changed: for a handler to return, as
 * thread_wait, but -EINTR for a signal, and 0 where deadline is over.
 * *again is set where it is worth another look at once.
 */
int64_t poll_wait(const struct poll_wait *wait, uint64_t deadline, bool *again);

/* The last descriptor of the file is gone: no epoll has it any more. */
void poll_forget(struct description *file);

#endif
