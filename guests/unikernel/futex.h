/* What a thread's end means to those that wait for it at futexes. */
#ifndef RINGSIDE_UNIKERNEL_FUTEX_H
#define RINGSIDE_UNIKERNEL_FUTEX_H

struct thread;

/*
 * Marks the robust mutexes that the thread holds as left by a dead owner,
 * clears its number where clone or set_tid_address asked for it, and wakes.
 */
void futex_thread_ends(struct thread *thread);

#endif
