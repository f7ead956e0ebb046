/*
 * One I/O thread for all devices: it waits on descriptors and calls who asked
 * for them, so that no vCPU waits for a disk or a network.
 *
 * Locking discipline. Two kinds of threads meet in a device: vCPU threads
 * (register access) and the I/O thread (queues, host descriptors). Each device
 * has one lock, which each of them takes for as long as it is inside; nobody
 * ever holds two. The loop itself holds no lock while it calls a handler, so a
 * handler may add and remove sources. Every thread may do that; those that
 * touch the same source keep out of each other's way by its device's lock.
 */
#ifndef RINGSIDE_VMM_IO_LOOP_H
#define RINGSIDE_VMM_IO_LOOP_H

#include "oci/error.h"

#include <stdbool.h>
#include <stdint.h>

struct io_loop;

/*
 * One descriptor to wait for. It belongs to the caller, who fills the first
 * four fields, and must live until the thread is stopped or, where there is
 * none, until it is removed: an event that was already fetched is delivered
 * once more after io_loop_remove.
 */
struct io_source {
    int fd;
    uint32_t events; /* EPOLLIN, EPOLLOUT */
    void (*handle)(void *context, uint32_t events);
    void *context;
    int polled; /* the loop's from here on: fd or what stands in for it */
    bool added;
};

/* Errors: the errno of epoll_create1(2) or eventfd(2). Released by the
 * caller. */
int io_loop_create(struct io_loop **loop, struct error *error);

/* What it has open: for who closes all other descriptors. */
enum { IO_LOOP_DESCRIPTORS = 3 };
void io_loop_descriptors(const struct io_loop *loop,
                         int fds[IO_LOOP_DESCRIPTORS]);

/*
 * Waits for the source from now on, level-triggered. What cannot be polled
 * (regular files, /dev/null) counts as ready at all times, as poll(2) has it.
 * A source that is already in stays so. Errors: the errno of epoll_ctl(2).
 */
int io_loop_add(struct io_loop *loop, struct io_source *source);

/* Waits for it no longer; what was not added is fine. */
void io_loop_remove(struct io_loop *loop, struct io_source *source);

/*
 * Waits up to timeout_ms (-1: for ever) and handles what is ready: one round
 * of the thread, for callers that have none. Returns the number of sources
 * handled, or the negative errno of epoll_wait(2); EINTR counts as 0.
 */
int io_loop_dispatch(struct io_loop *loop, int timeout_ms);

/*
 * Starts the thread, with all signals blocked: they are for the vCPUs.
 * Errors: the errno of pthread_create(3).
 */
int io_loop_start(struct io_loop *loop, struct error *error);

/*
 * Tells the devices that the guest is about to be stopped: of what it has asked
 * for, however much, they need not do the rest (io_loop_is_ending).
 */
void io_loop_begin_end(struct io_loop *loop);
bool io_loop_is_ending(const struct io_loop *loop);

/*
 * Ends the thread and joins it; without one nothing happens. What is ready at
 * that time is handled once more, so that the last words of a guest are heard.
 * Call it with no device lock held, after the vCPUs ended.
 */
void io_loop_stop(struct io_loop *loop);

/* Stops and frees it; NULL is fine. Sources are not touched. */
void io_loop_release(struct io_loop *loop);

#endif
