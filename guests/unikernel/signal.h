/*
 * Signals: what is pending where, and who is to handle it. Making the frames
 * by which a handler runs is signal_frame.h; the calls are sys_signal.c.
 * Source: signal(7), sigaction(2).
 */
#ifndef RINGSIDE_UNIKERNEL_SIGNAL_H
#define RINGSIDE_UNIKERNEL_SIGNAL_H

#include <stdbool.h>
#include <stdint.h>

enum { SIGNALS = 64, SIGNALS_STANDARD = 31 };

struct thread;
struct queued_signal;

/* The kernel's struct sigaction for x86-64. */
struct signal_action {
    uint64_t handler;
    uint64_t flags;
    uint64_t restorer;
    uint64_t mask;
};

/* What is told about a signal: the head of Linux's siginfo_t. */
struct signal_info {
    int32_t signal;
    int32_t error;
    int32_t code;
    int32_t padding;
    uint64_t fields[2]; /* pid and uid, value; or address */
};

/* Signals sent and not yet handled, each with what is told about it. */
struct pending_signals {
    uint64_t set;
    struct queued_signal *first, *last;
};

/* A thread's part. */
struct signal_state {
    struct pending_signals pending;
    uint64_t mask;       /* blocked */
    uint64_t saved_mask; /* the mask to go back to behind the handler... */
    bool has_saved_mask; /* ...where sigsuspend(2) and the like replaced it */
    uint64_t awaited;    /* what sigtimedwait(2) waits for */
    uint64_t stack, stack_size; /* sigaltstack(2); size 0 for none */
    uint32_t stack_flags;
    /* Of the last exception, for the handler's ucontext. */
    uint64_t trap_number, trap_error, trap_address;
};

static inline uint64_t signal_bit(uint64_t signal)
{
    return 1ull << (signal - 1);
}

/* What is to be done on a signal; the VMM is told what is the program's. */
const struct signal_action *signal_action(uint64_t signal);
void signal_set_action(uint64_t signal, const struct signal_action *action);

/* The thread's mask, and what follows when it changes. */
void signal_set_mask(struct thread *thread, uint64_t mask);

/*
 * Blocks these for as long as the calling thread's call lasts, for sigsuspend,
 * ppoll and the like. A handler that ends the call runs with this mask, and
 * behind it, or with the call's result, the old one is back.
 */
void signal_mask_during_call(uint64_t mask);

/*
 * Sends to the process (whichever thread does not block it) or to a thread.
 * What is ignored is dropped. Errors: -EAGAIN where a queued signal finds no
 * memory; standard signals always arrive, if need be without information.
 */
int64_t signal_send_process(const struct signal_info *info);
int64_t signal_send_thread(struct thread *thread,
                           const struct signal_info *info);

/* Sends a signal to the process on the kernel's behalf, as alarm does. */
void signal_raise(uint64_t signal);

/*
 * An exception's signal: handled by the calling thread now. Returns false
 * where the program blocks, ignores or does not handle it, which ends it.
 */
bool signal_force(const struct signal_info *info);

/* Whether the thread must act on a signal before it goes on. */
bool signal_due(const struct thread *thread);

/* Takes the first pending signal of the set out; false where there is none. */
bool signal_take(struct thread *thread, uint64_t set, struct signal_info *info);

/* All that is pending for the thread, blocked or not. */
uint64_t signal_pending(const struct thread *thread);

/*
 * For a thread that has ended: drops what is pending for it alone; what is
 * pending for the process is for the others.
 */
void signal_thread_ends(struct thread *thread);

/*
 * Acts on all signals that are due, so that the thread's context runs the
 * handlers, or ends the program. A call broken off by a signal (-ERESTARTSYS
 * in rax) gets its result or is to be begun again.
 */
void signal_deliver(struct thread *thread);

/* Takes over the signals that reached the VMM. */
void signal_arrived(uint64_t set);

#endif
