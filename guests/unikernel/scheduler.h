/*
 * The scheduler's side of threads: what a thread consists of, and which one
 * runs. thread.h is what system calls see of it.
 *
 * A thread that does not run is a struct thread and nothing else: its
 * registers are in it, it has no stack in the library OS. It stands in the
 * ready queue, or it waits: in a wait queue, for a moment, for a stream, or
 * for several of these.
 */
#ifndef RINGSIDE_UNIKERNEL_SCHEDULER_H
#define RINGSIDE_UNIKERNEL_SCHEDULER_H

#include "guests/unikernel/process.h"
#include "guests/unikernel/registers.h"
#include "guests/unikernel/signal.h"
#include "guests/unikernel/thread.h"

#include <stdbool.h>
#include <stdint.h>

/* Further results of a handler, besides THREAD_WAIT. */
#define THREAD_RESUME (INT64_MIN + 1) /* go on by the thread's context */
#define THREAD_GONE   (INT64_MIN + 2) /* the thread is no more */

/* Where in the program a thread was stopped. */
enum thread_position {
    AT_ANY,    /* between two instructions */
    AT_CALL,   /* at a system call that is to be begun (again) */
    AT_RESULT, /* behind a system call, its result in rax */
};

struct thread {
    struct context context; /* while it does not run */
    enum thread_position position;
    uint64_t call_number; /* rax before the result, AT_RESULT */
    uint64_t fs, gs;
    void *vectors; /* NULL as long as there is one thread */
    int32_t id;

    struct thread *next_of_all;
    struct thread *next; /* in queue */
    struct wait_queue *queue;
    struct thread *earlier, *later; /* among those that have a deadline */

    /* The wait, and what is kept from one start of a call to the next. */
    bool waiting, timed, restarted, woken;
    uint64_t deadline, streams;
    uint64_t call_deadline; /* of thread_deadline, 0 for none yet */
    uint64_t progress;
    uint64_t futex_address;
    uint32_t futex_bitset;

    uint64_t clear_child_tid, robust_list;
    char name[COMMAND_NAME_SIZE]; /* of all but the first, see process.h */
    struct signal_state signals;
    uint64_t processor_ns;
};

/* The thread whose call is served or that runs next; never NULL in a call. */
extern struct thread *thread_current;

/* All threads, by next_of_all; the first of the process is among them. */
extern struct thread *thread_list;

/* The thread of this number, or NULL. */
struct thread *thread_find(int32_t id);

/* A thread stands in one queue at most; wait_queue_remove takes it out. */
void wait_queue_append(struct wait_queue *queue, struct thread *thread);
void wait_queue_prepend(struct wait_queue *queue, struct thread *thread);
void wait_queue_remove(struct thread *thread);

/* The thread's name, of COMMAND_NAME_SIZE bytes; the first's is the process's.
 */
const char *thread_name(const struct thread *thread);
void thread_set_name(struct thread *thread, const char name[COMMAND_NAME_SIZE]);

/* Makes the library OS look around before the program goes on. */
void attention_set(void);

/* Ends the thread's wait, if it waits; thread_ready also lets it run. */
void thread_wait_ended(struct thread *thread);
void thread_ready(struct thread *thread);

/* Moves a waiting thread from its queue to the end of another. */
void thread_move(struct thread *thread, struct wait_queue *queue);

/*
 * Ends a wait that was not to be, for a handler that returned something else
 * after all, and the life of what is kept between starts.
 */
void thread_call_finished(struct thread *thread);

/* Threads whose deadline is over become ready; the next deadline of all. */
void thread_expire_deadlines(void);
uint64_t thread_next_deadline(void);

/* Streams that any thread waits for; those that became ready wake theirs. */
uint64_t thread_awaited_streams(void);
void thread_streams_ready(uint64_t streams);

/*
 * Adds a thread that will run from its context on. It belongs to the caller
 * until then, to the scheduler from then on.
 */
void scheduler_add(struct thread *thread);

/*
 * Takes the calling thread, which is not the last, out of everything. Its
 * memory is used again by thread_new.
 */
void scheduler_remove_current(void);

/* Memory for a thread, zeroed but for vectors; NULL when there is none. */
struct thread *thread_new(void);
void thread_free(struct thread *thread);

/* Whether the calling thread is the only one. */
bool scheduler_alone(void);

/* Lets the other threads that are ready run before the calling one does. */
void scheduler_yield(void);

/*
 * The end of every system call that asked for attention: comes back where the
 * caller goes on with this result, and does not where another thread, or the
 * same one elsewhere, does.
 */
void scheduler_after_call(const struct registers *registers, int64_t result);

/*
 * Runs whichever thread is to run; for who has left the calling thread's
 * registers in its context. On the system stack; does not return.
 */
_Noreturn void scheduler_run(void);
_Noreturn void scheduler_interrupted(const struct context *context,
                                     enum thread_position position);

/* Forgets the upcall that was asked for: a restored guest's VMM knows of none.
 */
void scheduler_renew(void);

/* Time that the processor has spent on the thread. */
uint64_t scheduler_thread_ns(const struct thread *thread);

#endif
