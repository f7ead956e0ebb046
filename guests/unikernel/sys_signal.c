/* The system calls about signals; signal.h is what they work on. */
#include "guests/unikernel/address_space.h"
#include "guests/unikernel/credentials.h"
#include "guests/unikernel/scheduler.h"
#include "guests/unikernel/signal_frame.h"
#include "guests/unikernel/string.h"
#include "guests/unikernel/syscalls.h"
#include "guests/unikernel/time.h"
#include "guests/unikernel/vmm_call.h"

#include <asm/errno.h>
#include <asm/siginfo.h>
#include <linux/signal.h>
#include <stddef.h>

enum { SIGINFO_SIZE = 128, SIGNAL_STACK_MIN = 2048 };

/* Flags that the kernel knows; a program that probes for others sees none. */
#define SA_KNOWN                                                          \
    (SA_NOCLDSTOP | SA_NOCLDWAIT | SA_SIGINFO | SA_ONSTACK | SA_RESTART | \
     SA_NODEFER | SA_RESETHAND | SA_EXPOSE_TAGBITS | SA_RESTORER)

int64_t sys_rt_sigaction(const struct registers *call)
{
    const uint64_t never = signal_bit(SIGKILL) | signal_bit(SIGSTOP);
    uint64_t signal = (uint32_t)call->rdi;
    struct signal_action action, old;

    if (call->r10 != sizeof(uint64_t))
        return -EINVAL;
    if (call->rsi != 0 && user_copy_in(&action, call->rsi, sizeof(action)) < 0)
        return -EFAULT;
    if (signal < 1 || signal > SIGNALS ||
        (call->rsi != 0 && (signal == SIGKILL || signal == SIGSTOP)))
        return -EINVAL;
    old = *signal_action(signal);
    if (call->rsi != 0) {
        action.flags &= SA_KNOWN;
        action.mask &= ~never;
        signal_set_action(signal, &action);
    }
    if (call->rdx != 0)
        return user_copy_out(call->rdx, &old, sizeof(old));
    return 0;
}

int64_t sys_rt_sigprocmask(const struct registers *call)
{
    struct thread *thread = thread_current;
    uint64_t old = thread->signals.mask, set;

    if (call->r10 != sizeof(set))
        return -EINVAL;
    if (call->rsi != 0) {
        if (user_copy_in(&set, call->rsi, sizeof(set)) < 0)
            return -EFAULT;
        switch ((int32_t)call->rdi) {
        case SIG_BLOCK:
            set = old | set;
            break;
        case SIG_UNBLOCK:
            set = old & ~set;
            break;
        case SIG_SETMASK:
            break;
        default:
            return -EINVAL;
        }
        signal_set_mask(thread, set);
    }
    if (call->rdx != 0)
        return user_copy_out(call->rdx, &old, sizeof(old));
    return 0;
}

int64_t sys_rt_sigpending(const struct registers *call)
{
    uint64_t set =
        signal_pending(thread_current) & thread_current->signals.mask;

    if (call->rsi > sizeof(set))
        return -EINVAL;
    return user_copy_out(call->rdi, &set, call->rsi);
}

int64_t sys_rt_sigsuspend(const struct registers *call)
{
    int64_t status;
    uint64_t mask;

    if (call->rsi != sizeof(mask))
        return -EINVAL;
    if (user_copy_in(&mask, call->rdi, sizeof(mask)) < 0)
        return -EFAULT;
    signal_mask_during_call(mask);
    status = thread_wait(NULL, THREAD_FOREVER);
    return status == -ERESTARTSYS ? -ERESTARTNOHAND : status;
}

int64_t sys_pause(const struct registers *call)
{
    int64_t status = thread_wait(NULL, THREAD_FOREVER);

    (void)call;
    return status == -ERESTARTSYS ? -ERESTARTNOHAND : status;
}

static int64_t copy_out_info(uint64_t address, const struct signal_info *info)
{
    char whole[SIGINFO_SIZE] = {0};

    memcpy(whole, info, sizeof(*info));
    return user_copy_out(address, whole, sizeof(whole));
}

static int64_t timed_wait(const struct registers *call, uint64_t set,
                          uint64_t deadline)
{
    struct thread *thread = thread_current;
    struct signal_info info;
    int64_t status;

    if (signal_take(thread, set, &info)) {
        if (call->rsi != 0 && copy_out_info(call->rsi, &info) < 0)
            return -EFAULT;
        return info.signal;
    }
    thread->signals.awaited = set;
    status = thread_wait(NULL, deadline);
    if (status == -ETIMEDOUT)
        return -EAGAIN;
    return status == -ERESTARTSYS ? -EINTR : status;
}

int64_t sys_rt_sigtimedwait(const struct registers *call)
{
    uint64_t set, ns = THREAD_FOREVER;
    int64_t status = 0;

    if (call->r10 != sizeof(set))
        return -EINVAL;
    if (user_copy_in(&set, call->rdi, sizeof(set)) < 0)
        return -EFAULT;
    if (call->rdx != 0)
        status = time_copy_in(call->rdx, &ns);
    if (status < 0)
        return status;
    set &= ~(signal_bit(SIGKILL) | signal_bit(SIGSTOP));
    return timed_wait(call, set,
                      call->rdx != 0 ? thread_deadline(ns) : THREAD_FOREVER);
}

int64_t sys_rt_sigreturn(const struct registers *call)
{
    const struct signal_info info = {.signal = SIGSEGV, .code = SI_KERNEL};
    struct thread *thread = thread_current;

    thread->context.rsp = call->rsp;
    attention_set();
    if (signal_frame_return(thread) == 0)
        return THREAD_RESUME;
    if (!signal_force(&info))
        vmm_exit_by_signal(SIGSEGV);
    return 0;
}

/* Replacing the stack while a handler runs on it would lose the handler. */
static int64_t set_signal_stack(const stack_t *stack, uint64_t rsp)
{
    struct signal_state *signals = &thread_current->signals;
    uint32_t mode = (uint32_t)stack->ss_flags & ~(uint32_t)SS_AUTODISARM;

    if (signal_stack_in_use(thread_current, rsp))
        return -EPERM;
    if (mode != 0 && mode != SS_ONSTACK && mode != SS_DISABLE)
        return -EINVAL;
    signals->stack_flags = (uint32_t)stack->ss_flags & (uint32_t)SS_AUTODISARM;
    if (mode == SS_DISABLE) {
        signals->stack = signals->stack_size = 0;
        return 0;
    }
    if (stack->ss_size < SIGNAL_STACK_MIN)
        return -ENOMEM;
    signals->stack = (uint64_t)stack->ss_sp;
    signals->stack_size = stack->ss_size;
    return 0;
}

int64_t sys_sigaltstack(const struct registers *call)
{
    stack_t stack, old = signal_stack(&thread_current->signals);
    int64_t status = 0;

    if (call->rdi != 0 && user_copy_in(&stack, call->rdi, sizeof(stack)) < 0)
        return -EFAULT;
    if (signal_stack_in_use(thread_current, call->rsp))
        old.ss_flags |= SS_ONSTACK;
    if (call->rdi != 0)
        status = set_signal_stack(&stack, call->rsp);
    if (status == 0 && call->rsi != 0)
        status = user_copy_out(call->rsi, &old, sizeof(old));
    return status;
}

static struct signal_info own_info(uint64_t signal, int32_t code)
{
    return (struct signal_info){
        .signal = (int32_t)signal,
        .code = code,
        .fields = {PROCESS_ID | (uint64_t)credentials.uid << 32},
    };
}

int64_t sys_kill(const struct registers *call)
{
    const struct signal_info info = own_info(call->rsi, SI_USER);
    int32_t process = (int32_t)call->rdi;

    if ((uint32_t)call->rsi > SIGNALS)
        return -EINVAL;
    /* -1 is all processes but the first and the caller: there are none. */
    if (process != PROCESS_ID && process != 0 && process != -PROCESS_ID)
        return -ESRCH;
    return info.signal == 0 ? 0 : signal_send_process(&info);
}

/* To the thread of that number; what is told must not claim the kernel. */
static int64_t send_to_thread(uint64_t id, const struct signal_info *info)
{
    struct thread *thread = thread_find((int32_t)id);

    if ((uint32_t)info->signal > SIGNALS)
        return -EINVAL;
    if (thread == NULL)
        return -ESRCH;
    return info->signal == 0 ? 0 : signal_send_thread(thread, info);
}

int64_t sys_tkill(const struct registers *call)
{
    const struct signal_info info = own_info(call->rsi, SI_TKILL);

    return (int32_t)call->rdi <= 0 ? -EINVAL : send_to_thread(call->rdi, &info);
}

int64_t sys_tgkill(const struct registers *call)
{
    const struct signal_info info = own_info(call->rdx, SI_TKILL);

    if ((int32_t)call->rdi <= 0 || (int32_t)call->rsi <= 0)
        return -EINVAL;
    if ((int32_t)call->rdi != PROCESS_ID)
        return -ESRCH;
    return send_to_thread(call->rsi, &info);
}

int64_t sys_rt_sigqueueinfo(const struct registers *call)
{
    struct signal_info info;

    if (user_copy_in(&info, call->rdx, sizeof(info)) < 0)
        return -EFAULT;
    info.signal = (int32_t)call->rsi;
    if ((uint32_t)info.signal > SIGNALS)
        return -EINVAL;
    if ((int32_t)call->rdi != PROCESS_ID)
        return -ESRCH;
    return info.signal == 0 ? 0 : signal_send_process(&info);
}

int64_t sys_rt_tgsigqueueinfo(const struct registers *call)
{
    struct signal_info info;

    if (user_copy_in(&info, call->r10, sizeof(info)) < 0)
        return -EFAULT;
    info.signal = (int32_t)call->rdx;
    if ((int32_t)call->rdi <= 0 || (int32_t)call->rsi <= 0)
        return -EINVAL;
    if ((int32_t)call->rdi != PROCESS_ID)
        return -ESRCH;
    return send_to_thread(call->rsi, &info);
}
