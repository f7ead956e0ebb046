/* Waiting and waking: wait queues, deadlines, streams; see thread.h. */
#include "guests/unikernel/thread.h"

#include "guests/unikernel/clock.h"
#include "guests/unikernel/hypercall.h"
#include "guests/unikernel/scheduler.h"

#include <asm/errno.h>
#include <stddef.h>

_Static_assert((int)THREAD_STDIN_READABLE == (int)POLL_STDIN_READABLE &&
                   (int)THREAD_STDOUT_WRITABLE == (int)POLL_STDOUT_WRITABLE &&
                   (int)THREAD_STDERR_WRITABLE == (int)POLL_STDERR_WRITABLE,
               "streams are passed on as they are");

/* Threads that have a deadline, the earliest first. */
static struct thread *timed;
/* How many wait for streams. */
static uint64_t stream_waiters;

void wait_queue_append(struct wait_queue *queue, struct thread *thread)
{
    thread->queue = queue;
    thread->next = NULL;
    if (queue->last != NULL)
        queue->last->next = thread;
    else
        queue->first = thread;
    queue->last = thread;
}

void wait_queue_prepend(struct wait_queue *queue, struct thread *thread)
{
    thread->queue = queue;
    thread->next = queue->first;
    queue->first = thread;
    if (queue->last == NULL)
        queue->last = thread;
}

void wait_queue_remove(struct thread *thread)
{
    struct wait_queue *queue = thread->queue;
    struct thread **link = &queue->first, *before = NULL;

    for (; *link != thread; link = &(*link)->next)
        before = *link;
    *link = thread->next;
    if (queue->last == thread)
        queue->last = before;
    thread->queue = NULL;
}

static void timed_insert(struct thread *thread)
{
    struct thread **link = &timed, *before = NULL;

    while (*link != NULL && (*link)->deadline <= thread->deadline) {
        before = *link;
        link = &(*link)->later;
    }
    thread->later = *link;
    thread->earlier = before;
    if (thread->later != NULL)
        thread->later->earlier = thread;
    *link = thread;
    thread->timed = true;
}

static void timed_remove(struct thread *thread)
{
    if (thread->earlier != NULL)
        thread->earlier->later = thread->later;
    else
        timed = thread->later;
    if (thread->later != NULL)
        thread->later->earlier = thread->earlier;
    thread->timed = false;
}

static void stop_waiting(struct thread *thread)
{
    if (thread->queue != NULL)
        wait_queue_remove(thread);
    if (thread->timed)
        timed_remove(thread);
    if (thread->streams != 0)
        stream_waiters--;
    thread->streams = 0;
    thread->waiting = false;
}

int64_t thread_wait(struct wait_queue *queue, uint64_t deadline)
{
    return thread_wait_streams(queue, 0, deadline);
}

int64_t thread_wait_streams(struct wait_queue *queue, uint64_t streams,
                            uint64_t deadline)
{
    struct thread *thread = thread_current;

    if (signal_due(thread))
        return -ERESTARTSYS;
    if (deadline != THREAD_FOREVER && clock_monotonic_ns() >= deadline)
        return -ETIMEDOUT;
    if (thread->waiting)
        stop_waiting(thread);
    thread->waiting = true;
    thread->woken = false;
    if (queue != NULL)
        wait_queue_append(queue, thread);
    thread->deadline = deadline;
    if (deadline != THREAD_FOREVER)
        timed_insert(thread);
    thread->streams = streams;
    if (streams != 0)
        stream_waiters++;
    attention_set();
    return THREAD_WAIT;
}

void thread_wait_ended(struct thread *thread)
{
    if (thread->waiting)
        stop_waiting(thread);
}

uint64_t thread_wake(struct wait_queue *queue, uint64_t count)
{
    uint64_t woken = 0;

    while (woken < count && queue->first != NULL) {
        queue->first->woken = true;
        thread_ready(queue->first);
        woken++;
    }
    return woken;
}

void thread_move(struct thread *thread, struct wait_queue *queue)
{
    wait_queue_remove(thread);
    wait_queue_append(queue, thread);
}

uint64_t thread_deadline(uint64_t duration_ns)
{
    struct thread *thread = thread_current;

    attention_set();
    if (thread->call_deadline == 0 &&
        __builtin_add_overflow(clock_monotonic_ns(), duration_ns,
                               &thread->call_deadline))
        thread->call_deadline = THREAD_FOREVER;
    return thread->call_deadline;
}

uint64_t *thread_progress(void)
{
    attention_set();
    return &thread_current->progress;
}

bool thread_restarted(void)
{
    return thread_current->restarted;
}

bool thread_woken(void)
{
    return thread_current->woken;
}

void thread_call_finished(struct thread *thread)
{
    thread_wait_ended(thread);
    thread->restarted = thread->woken = false;
    thread->call_deadline = thread->progress = 0;
    thread->signals.awaited = 0;
}

void thread_expire_deadlines(void)
{
    uint64_t now;

    if (timed == NULL)
        return;
    now = clock_monotonic_ns();
    while (timed != NULL && timed->deadline <= now)
        thread_ready(timed);
}

uint64_t thread_next_deadline(void)
{
    return timed != NULL ? timed->deadline : THREAD_FOREVER;
}

uint64_t thread_awaited_streams(void)
{
    uint64_t streams = 0;

    if (stream_waiters == 0)
        return 0;
    for (struct thread *t = thread_list; t != NULL; t = t->next_of_all)
        streams |= t->streams;
    return streams;
}

void thread_streams_ready(uint64_t streams)
{
    for (struct thread *t = thread_list; t != NULL; t = t->next_of_all) {
        if (t->streams & streams)
            thread_ready(t);
    }
}
