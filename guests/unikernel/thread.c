/* The one thread of the program: waiting is idling until it may go on. */
#include "guests/unikernel/thread.h"

#include "guests/unikernel/clock.h"
#include "guests/unikernel/hypercall.h"
#include "guests/unikernel/vmm_call.h"

#include <asm/errno.h>
#include <stddef.h>

_Static_assert((int)THREAD_STDIN_READABLE == (int)POLL_STDIN_READABLE &&
                   (int)THREAD_STDOUT_WRITABLE == (int)POLL_STDOUT_WRITABLE &&
                   (int)THREAD_STDERR_WRITABLE == (int)POLL_STDERR_WRITABLE,
               "streams are passed on as they are");

struct thread {
    struct thread *next; /* in its queue */
    struct wait_queue *queue;
    uint64_t streams;      /* waits for these, too */
    uint64_t deadline;     /* of the wait */
    uint64_t duration_end; /* what thread_deadline gave, 0 for not yet */
    uint64_t progress;
    bool waiting, restarted, woken;
};

static struct thread only;
static struct thread *current = &only;

static void enqueue(struct wait_queue *queue, struct thread *thread)
{
    thread->queue = queue;
    if (queue == NULL)
        return;
    thread->next = NULL;
    if (queue->last != NULL)
        queue->last->next = thread;
    else
        queue->first = thread;
    queue->last = thread;
}

static void dequeue(struct thread *thread)
{
    struct wait_queue *queue = thread->queue;
    struct thread **link, *before = NULL;

    thread->queue = NULL;
    if (queue == NULL)
        return;
    for (link = &queue->first; *link != thread; link = &(*link)->next)
        before = *link;
    *link = thread->next;
    if (queue->last == thread)
        queue->last = before;
}

int64_t thread_wait(struct wait_queue *queue, uint64_t deadline)
{
    return thread_wait_streams(queue, 0, deadline);
}

int64_t thread_wait_streams(struct wait_queue *queue, uint64_t streams,
                            uint64_t deadline)
{
    if (deadline != THREAD_FOREVER && clock_monotonic_ns() >= deadline)
        return -ETIMEDOUT;
    current->streams = streams;
    current->deadline = deadline;
    current->waiting = true;
    enqueue(queue, current);
    return THREAD_WAIT;
}

uint64_t thread_wake(struct wait_queue *queue, uint64_t count)
{
    uint64_t woken = 0;

    while (woken < count && queue->first != NULL) {
        struct thread *thread = queue->first;

        dequeue(thread);
        thread->waiting = false;
        thread->woken = true;
        woken++;
    }
    return woken;
}

uint64_t thread_deadline(uint64_t duration_ns)
{
    if (!current->restarted)
        current->duration_end = 0;
    if (current->duration_end == 0 &&
        __builtin_add_overflow(clock_monotonic_ns(), duration_ns,
                               &current->duration_end))
        current->duration_end = THREAD_FOREVER;
    return current->duration_end;
}

uint64_t *thread_progress(void)
{
    return &current->progress;
}

bool thread_restarted(void)
{
    return current->restarted;
}

bool thread_woken(void)
{
    return current->woken;
}

/* Nobody can run: leaves the processor until something may have happened. */
static void idle(const struct thread *thread)
{
    uint64_t now, duration = UINT64_MAX;

    if (thread->deadline != THREAD_FOREVER) {
        now = clock_monotonic_ns();
        duration = thread->deadline > now ? thread->deadline - now : 0;
    }
    vmm_poll(duration, thread->streams);
}

int64_t thread_finish_call(const struct registers *call,
                           int64_t (*serve)(const struct registers *call))
{
    int64_t result;

    do {
        idle(current);
        dequeue(current);
        current->waiting = false;
        current->restarted = true;
        result = serve(call);
    } while (result == THREAD_WAIT);
    current->restarted = current->woken = false;
    current->duration_end = current->progress = 0;
    return result;
}
