/*
 * Signal frames: what a handler finds on its stack, laid out as Linux does,
 * since C libraries and programs read it (struct ucontext, siginfo, the XSAVE
 * area), and the way back from it.
 * Source: Linux arch/x86/include/uapi/asm/{ucontext,sigcontext}.h,
 * arch/x86/kernel/signal_64.c.
 */
#ifndef RINGSIDE_UNIKERNEL_SIGNAL_FRAME_H
#define RINGSIDE_UNIKERNEL_SIGNAL_FRAME_H

#include "guests/unikernel/signal.h"

#include <linux/signal.h>

struct thread;

/*
 * Saves the context of the thread, which is loaded, with the mask to go back
 * to, onto its signal stack or its stack, and makes it the handler's. Errors:
 * -EFAULT where the stack has no room or the action no way back.
 */
int64_t signal_frame_push(struct thread *thread,
                          const struct signal_action *action,
                          const struct signal_info *info, uint64_t mask);

/*
 * The end of a handler (rt_sigreturn): takes the thread's context from the
 * frame that its stack pointer stands at. Errors: -EFAULT.
 */
int64_t signal_frame_return(struct thread *thread);

/*
 * Makes the thread, which is behind a system call, begin that call again when
 * its context goes on: at the `syscall` instruction, as Linux does, or, where
 * the call was a function call, by an entry of the library OS.
 */
void signal_frame_call_again(struct thread *thread);

/* The signal stack as sigaltstack(2) tells it. */
stack_t signal_stack(const struct signal_state *signals);

/* Whether the stack pointer is on the thread's signal stack. */
bool signal_stack_in_use(const struct thread *thread, uint64_t rsp);

#endif
