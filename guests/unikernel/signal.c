/* Who gets which signal; see signal.h. */
#include "guests/unikernel/signal.h"

#include "guests/unikernel/layout.h"
#include "guests/unikernel/scheduler.h"
#include "guests/unikernel/signal_frame.h"
#include "guests/unikernel/signal_queue.h"
#include "guests/unikernel/string.h"
#include "guests/unikernel/timer.h"
#include "guests/unikernel/vmm_call.h"

#include <asm/errno.h>
#include <asm/siginfo.h>
#include <linux/signal.h>
#include <stddef.h>

static struct {
    struct signal_action actions[SIGNALS + 1];
    uint64_t changed;               /* whose action is not the default */
    struct pending_signals pending; /* sent to the process */
} process;

/* What these do by default is nothing, or nothing that can happen here. */
static bool ignored_by_default(uint64_t signal)
{
    const uint64_t set = signal_bit(SIGCHLD) | signal_bit(SIGURG) |
                         signal_bit(SIGWINCH) | signal_bit(SIGCONT) |
                         signal_bit(SIGSTOP) | signal_bit(SIGTSTP) |
                         signal_bit(SIGTTIN) | signal_bit(SIGTTOU);

    return set & signal_bit(signal);
}

static bool is_ignored(uint64_t signal)
{
    uint64_t handler = process.actions[signal].handler;

    return handler == (uint64_t)SIG_IGN ||
           (handler == (uint64_t)SIG_DFL && ignored_by_default(signal));
}

const struct signal_action *signal_action(uint64_t signal)
{
    return &process.actions[signal];
}

/* The VMM passes on what the program handles, ignores or blocks everywhere. */
static void tell_taken(void)
{
    uint64_t *word =
        (uint64_t *)(SYSTEM_BASE + SYSTEM_TRAP + TRAP_SIGNALS_TAKEN);
    uint64_t blocked = UINT64_MAX;

    for (struct thread *t = thread_list; t != NULL; t = t->next_of_all)
        blocked &= t->signals.mask;
    *word = blocked | process.changed;
}

void signal_set_action(uint64_t signal, const struct signal_action *action)
{
    process.actions[signal] = *action;
    process.changed &= ~signal_bit(signal);
    if (action->handler != (uint64_t)SIG_DFL)
        process.changed |= signal_bit(signal);
    if (is_ignored(signal)) {
        pending_drop(&process.pending, signal);
        for (struct thread *t = thread_list; t != NULL; t = t->next_of_all)
            pending_drop(&t->signals.pending, signal);
    }
    tell_taken();
}

uint64_t signal_pending(const struct thread *thread)
{
    return thread->signals.pending.set | process.pending.set;
}

bool signal_due(const struct thread *thread)
{
    return signal_pending(thread) & ~thread->signals.mask;
}

/* Whether the signal is this thread's to act on or to wait for. */
static bool wants(const struct thread *thread, uint64_t signal)
{
    return signal_bit(signal) &
           (~thread->signals.mask | thread->signals.awaited);
}

/* Gets the thread out of its wait where it now has to act. */
static void notice(struct thread *thread)
{
    if (thread == thread_current)
        attention_set();
    thread_ready(thread);
}

static bool is_dropped(const struct thread *thread, uint64_t signal)
{
    return is_ignored(signal) && !(thread->signals.mask & signal_bit(signal)) &&
           !(thread->signals.awaited & signal_bit(signal));
}

int64_t signal_send_thread(struct thread *thread,
                           const struct signal_info *info)
{
    uint64_t signal = (uint64_t)info->signal;
    int64_t status;

    if (is_dropped(thread, signal))
        return 0;
    status = pending_add(&thread->signals.pending, info);
    if (status == 0 && wants(thread, signal))
        notice(thread);
    return status;
}

/* The calling thread where it wants the signal, else any that does. */
static struct thread *choose(uint64_t signal)
{
    struct thread *thread = thread_current;

    if (wants(thread, signal))
        return thread;
    for (thread = thread_list; thread != NULL; thread = thread->next_of_all) {
        if (wants(thread, signal))
            return thread;
    }
    return NULL;
}

int64_t signal_send_process(const struct signal_info *info)
{
    uint64_t signal = (uint64_t)info->signal;
    struct thread *thread = choose(signal);
    int64_t status;

    if (is_dropped(thread != NULL ? thread : thread_current, signal))
        return 0;
    status = pending_add(&process.pending, info);
    if (status == 0 && thread != NULL)
        notice(thread);
    return status;
}

void signal_raise(uint64_t signal)
{
    const struct signal_info info = {.signal = (int32_t)signal,
                                     .code = SI_KERNEL};

    signal_send_process(&info);
}

void signal_arrived(uint64_t set)
{
    for (uint64_t signal = 1; signal <= SIGNALS; signal++) {
        const struct signal_info info = {.signal = (int32_t)signal,
                                         .code = SI_USER};

        if (set & signal_bit(signal))
            signal_send_process(&info);
    }
}

/* What was sent to the process and this thread gives up is another's. */
static void hand_over(uint64_t set)
{
    for (uint64_t signal = 1; set != 0 && signal <= SIGNALS; signal++) {
        struct thread *thread;

        if (!(set & signal_bit(signal)))
            continue;
        thread = choose(signal);
        if (thread != NULL)
            notice(thread);
    }
}

void signal_set_mask(struct thread *thread, uint64_t mask)
{
    uint64_t allowed = mask & ~(signal_bit(SIGKILL) | signal_bit(SIGSTOP));
    uint64_t blocked = allowed & ~thread->signals.mask;

    if (allowed == thread->signals.mask)
        return;
    thread->signals.mask = allowed;
    tell_taken();
    if (signal_due(thread))
        attention_set();
    hand_over(process.pending.set & blocked);
}

void signal_mask_during_call(uint64_t mask)
{
    struct signal_state *signals = &thread_current->signals;

    if (thread_restarted())
        return;
    if (!signals->has_saved_mask)
        signals->saved_mask = signals->mask;
    signals->has_saved_mask = true;
    signal_set_mask(thread_current, mask);
    attention_set();
}

void signal_thread_ends(struct thread *thread)
{
    for (uint64_t signal = 1; signal <= SIGNALS; signal++)
        pending_drop(&thread->signals.pending, signal);
    tell_taken();
    hand_over(process.pending.set);
}

/* Synchronous signals first, as Linux does, then the lowest number. */
static uint64_t first_of(uint64_t set)
{
    const uint64_t synchronous = signal_bit(SIGSEGV) | signal_bit(SIGBUS) |
                                 signal_bit(SIGILL) | signal_bit(SIGTRAP) |
                                 signal_bit(SIGFPE) | signal_bit(SIGSYS);

    if (set & synchronous)
        set &= synchronous;
    return (uint64_t)__builtin_ctzll(set) + 1;
}

bool signal_take(struct thread *thread, uint64_t set, struct signal_info *info)
{
    struct pending_signals *own = &thread->signals.pending;

    if (own->set & set)
        pending_take(own, first_of(own->set & set), info);
    else if (process.pending.set & set)
        pending_take(&process.pending, first_of(process.pending.set & set),
                     info);
    else
        return false;
    if (info->code == SI_TIMER)
        info->fields[0] |= (uint64_t)timer_signal_taken(info->fields[0]) << 32;
    return true;
}

bool signal_force(const struct signal_info *info)
{
    struct thread *thread = thread_current;
    uint64_t signal = (uint64_t)info->signal;

    if (process.actions[signal].handler == (uint64_t)SIG_DFL ||
        process.actions[signal].handler == (uint64_t)SIG_IGN ||
        thread->signals.mask & signal_bit(signal))
        return false;
    pending_drop(&thread->signals.pending, signal);
    pending_add(&thread->signals.pending, info);
    return true;
}

/*
 * A call that a signal broke off: for the handler's action, or NULL where no
 * handler runs after all.
 */
static void break_off(struct thread *thread, const struct signal_action *action)
{
    int64_t result = (int64_t)thread->context.general.rax;

    if (thread->position != AT_RESULT || !call_broken_off(result))
        return;
    if (action == NULL) {
        thread->context.general.rax = thread->call_number;
        thread->position = AT_CALL;
    } else if (result == -ERESTARTSYS && action->flags & SA_RESTART) {
        signal_frame_call_again(thread);
    } else {
        thread->context.general.rax = (uint64_t)-EINTR;
    }
}

/* Runs the handler at the thread's next step, with the mask that it asks. */
static void handle(struct thread *thread, const struct signal_info *info)
{
    uint64_t signal = (uint64_t)info->signal, mask = thread->signals.mask;
    struct signal_action action = process.actions[signal];
    const struct signal_info segmentation = {.signal = SIGSEGV,
                                             .code = SI_KERNEL};

    break_off(thread, &action);
    if (thread->signals.has_saved_mask)
        mask = thread->signals.saved_mask;
    thread->signals.has_saved_mask = false;
    thread->position = AT_ANY;
    if (signal_frame_push(thread, &action, info, mask) < 0) {
        if (signal == SIGSEGV || !signal_force(&segmentation))
            vmm_exit_by_signal(SIGSEGV);
        return;
    }
    if (action.flags & SA_RESETHAND) {
        process.actions[signal].handler = (uint64_t)SIG_DFL;
        process.changed &= ~signal_bit(signal);
        tell_taken();
    }
    mask = thread->signals.mask | action.mask;
    if (!(action.flags & SA_NODEFER))
        mask |= signal_bit(signal);
    signal_set_mask(thread, mask);
}

/* The mask that a call had replaced, unless the thread is still in the call. */
static void restore_mask(struct thread *thread)
{
    if (!thread->signals.has_saved_mask || thread->position == AT_CALL)
        return;
    thread->signals.has_saved_mask = false;
    signal_set_mask(thread, thread->signals.saved_mask);
}

void signal_deliver(struct thread *thread)
{
    int64_t result = (int64_t)thread->context.general.rax;
    struct signal_info info;

    if (thread->position == AT_RESULT && result != -EINTR &&
        !call_broken_off(result))
        restore_mask(thread);
    while (signal_due(thread) &&
           signal_take(thread, ~thread->signals.mask, &info)) {
        uint64_t signal = (uint64_t)info.signal;

        if (is_ignored(signal))
            continue;
        if (process.actions[signal].handler == (uint64_t)SIG_DFL)
            vmm_exit_by_signal((uint32_t)signal);
        handle(thread, &info);
    }
    break_off(thread, NULL);
    restore_mask(thread);
}
