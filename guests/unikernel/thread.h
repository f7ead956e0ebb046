/*
 * Threads of the program, and how a system call waits.
 *
 * There is one processor and one stack for the library OS, so a call cannot
 * stop in the middle of its handler. A handler that finds that it would block
 * changes nothing and returns what thread_wait returns. If that is THREAD_WAIT
 * another thread runs, and once this one is woken, its deadline is over or a
 * signal comes, the handler is called again from its start, with the same
 * arguments. It then finds what it waited for, or asks to wait again, and
 * thread_wait says why it must not:
 *
 *     int64_t sys_example(const struct registers *call)
 *     {
 *         uint64_t deadline = thread_deadline(timeout_ns);
 *
 *         if (!is_ready())
 *             return thread_wait(&queue, deadline);
 *         return take();
 *     }
 *
 * Between two starts of one call the thread keeps its deadline, its progress
 * and whether it was woken; all three begin anew with the next call.
 *
 * Handlers are never interrupted, so nothing in the library OS needs a lock.
 */
#ifndef RINGSIDE_UNIKERNEL_THREAD_H
#define RINGSIDE_UNIKERNEL_THREAD_H

#include "guests/unikernel/registers.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    /* The first thread's number, and the process's. */
    PROCESS_ID = 1,
    /*
     * Linux's ERESTARTSYS: a signal came before anything was done. Where the
     * program gave SA_RESTART the call is made again, else it is -EINTR.
     */
    ERESTARTSYS = 512,
    /*
     * Linux's ERESTARTNOHAND: the same, but -EINTR whatever the handler's
     * flags are; for pause and sigsuspend.
     */
    ERESTARTNOHAND = 514,
};

static inline bool call_broken_off(int64_t result)
{
    return result == -ERESTARTSYS || result == -ERESTARTNOHAND;
}

/* What a handler returns whose call is to be made again later. */
#define THREAD_WAIT INT64_MIN

/* A deadline that never comes. */
#define THREAD_FOREVER UINT64_MAX

/* Standard streams that thread_wait_streams can wait for. */
enum thread_streams {
    THREAD_STDIN_READABLE = 1 << 0,
    THREAD_STDOUT_WRITABLE = 1 << 1,
    THREAD_STDERR_WRITABLE = 1 << 2,
};

struct thread;

/* Threads that wait for one thing, first come first served; zeroed: none. */
struct wait_queue {
    struct thread *first, *last;
};

/*
 * Makes the calling thread wait in the queue, which may be NULL, until a
 * moment of clock_monotonic_ns. For the handler to return:
 *
 *   THREAD_WAIT   it waits now
 *   -ETIMEDOUT    the deadline is over
 *   -ERESTARTSYS  a signal is to be handled first; a call that SA_RESTART does
 *                 not restart (sleeps, poll, select, epoll_wait, ...) turns
 *                 this into -EINTR
 */
int64_t thread_wait(struct wait_queue *queue, uint64_t deadline);

/*
 * The same, also until one of the streams is ready (or at its end, or in
 * error), by the host's word for it.
 */
int64_t thread_wait_streams(struct wait_queue *queue, uint64_t streams,
                            uint64_t deadline);

/* Wakes at most count threads, the first in the queue; returns how many. */
uint64_t thread_wake(struct wait_queue *queue, uint64_t count);

/*
 * For a handler whose hypercall came back with -EINTR: whether the thread has a
 * signal to handle first, so that the call ends with -ERESTARTSYS; else it
 * simply tries again.
 */
bool thread_interrupted(void);

/*
 * The moment that is duration ns after the call was first begun,
 * THREAD_FOREVER where the sum does not fit.
 */
uint64_t thread_deadline(uint64_t duration_ns);

/* A word that is 0 when a call is first begun and kept when it is restarted. */
uint64_t *thread_progress(void);

/* Whether this is not the first start of the call. */
bool thread_restarted(void);

/*
 * Whether the call was restarted because thread_wake woke it out of its
 * queue, for calls that wait for the waking itself.
 */
bool thread_woken(void);

#endif
