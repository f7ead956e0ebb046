/*
 * Signals, as far as a program without handlers sees them: dispositions
 * default and ignore, the mask, and ending by a signal raised on itself.
 * Nothing outside the program can signal it: the VMM ends the whole guest.
 */
#include "guests/unikernel/address_space.h"
#include "guests/unikernel/string.h"
#include "guests/unikernel/syscalls.h"
#include "guests/unikernel/thread.h"
#include "guests/unikernel/vmm_call.h"

#include <asm/errno.h>
#include <linux/signal.h>
#include <stddef.h>

enum { SIGNALS = 64 };

/* The kernel's struct sigaction for x86-64. */
struct action {
    uint64_t handler;
    uint64_t flags;
    uint64_t restorer;
    uint64_t mask;
};

static struct {
    struct action actions[SIGNALS + 1];
    uint64_t mask, pending;
} signals;

static uint64_t bit(uint64_t signal)
{
    return 1ull << (signal - 1);
}

/* A handler cannot run here, so asking for one says so at once. */
int64_t sys_rt_sigaction(const struct registers *call)
{
    uint64_t signal = call->rdi;
    struct action action;

    if (signal < 1 || signal > SIGNALS || call->r10 != sizeof(uint64_t))
        return -EINVAL;
    if (call->rsi != 0) {
        if (signal == SIGKILL || signal == SIGSTOP)
            return -EINVAL;
        if (user_copy_in(&action, call->rsi, sizeof(action)) < 0)
            return -EFAULT;
        if (action.handler > 1)
            return -ENOSYS;
    }
    if (call->rdx != 0 &&
        user_copy_out(call->rdx, &signals.actions[signal], sizeof(action)) < 0)
        return -EFAULT;
    if (call->rsi != 0)
        signals.actions[signal] = action;
    return 0;
}

static bool is_ignored(uint64_t signal)
{
    if (signals.actions[signal].handler == (uint64_t)SIG_IGN)
        return true;
    return signal == SIGCHLD || signal == SIGURG || signal == SIGWINCH ||
           signal == SIGCONT;
}

/* Acts on the signals that are pending and not blocked. */
static void deliver(void)
{
    for (uint64_t signal = 1; signal <= SIGNALS; signal++) {
        if (!(signals.pending & ~signals.mask & bit(signal)))
            continue;
        signals.pending &= ~bit(signal);
        if (!is_ignored(signal))
            vmm_exit_by_signal((uint32_t)signal);
    }
}

int64_t sys_rt_sigprocmask(const struct registers *call)
{
    const uint64_t never = bit(SIGKILL) | bit(SIGSTOP);
    uint64_t old = signals.mask, set;

    if (call->r10 != sizeof(set))
        return -EINVAL;
    if (call->rsi != 0) {
        if (user_copy_in(&set, call->rsi, sizeof(set)) < 0)
            return -EFAULT;
        if (call->rdi == SIG_BLOCK)
            signals.mask |= set;
        else if (call->rdi == SIG_UNBLOCK)
            signals.mask &= ~set;
        else if (call->rdi == SIG_SETMASK)
            signals.mask = set;
        else
            return -EINVAL;
        signals.mask &= ~never;
    }
    if (call->rdx != 0 && user_copy_out(call->rdx, &old, sizeof(old)) < 0)
        return -EFAULT;
    deliver();
    return 0;
}

int64_t sys_sigaltstack(const struct registers *call)
{
    static const stack_t none = {.ss_flags = SS_DISABLE};

    if (call->rdi != 0)
        return -ENOSYS;
    return call->rsi != 0 ? user_copy_out(call->rsi, &none, sizeof(none)) : 0;
}

void signal_raise(uint64_t signal)
{
    signals.pending |= bit(signal);
    deliver();
}

static int64_t send(uint64_t process, uint64_t signal)
{
    if (signal > SIGNALS)
        return -EINVAL;
    if (process != PROCESS_ID && process != 0 && process != (uint64_t)-1)
        return -ESRCH;
    if (signal != 0)
        signal_raise(signal);
    return 0;
}

int64_t sys_kill(const struct registers *call)
{
    return send((uint64_t)(int32_t)call->rdi, call->rsi & 0xffffffff);
}

int64_t sys_tgkill(const struct registers *call)
{
    if (call->rdi != PROCESS_ID || call->rsi != PROCESS_ID)
        return -ESRCH;
    return send(PROCESS_ID, call->rdx & 0xffffffff);
}

int64_t sys_tkill(const struct registers *call)
{
    if (call->rdi != PROCESS_ID)
        return -ESRCH;
    return send(PROCESS_ID, call->rsi & 0xffffffff);
}

int64_t sys_pause(const struct registers *call)
{
    (void)call;
    return thread_wait(NULL, THREAD_FOREVER);
}
