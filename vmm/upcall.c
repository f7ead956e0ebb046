/*
 * Stopping the vCPU and changing its course; see upcall.h. Timers are the
 * host's POSIX timers, made before the jail forbids to; their signal, like all
 * others, makes KVM_RUN return.
 */
#include "vmm/upcall.h"

#include "guests/unikernel/layout.h"
#include "vmm/interrupt.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum {
    NS_PER_SECOND = 1000000000,
    /* How soon to look again at a vCPU that was in the library OS. */
    AGAIN_NS = 100000,
};

/* What each timer's signal carries. */
enum { TIMER_GUEST, TIMER_AGAIN, TIMERS };

/* Signals that do nothing where the program does not handle them. */
#define HARMLESS (1ull << (SIGCONT - 1) | 1ull << (SIGWINCH - 1))

/* The words of the trap area from TRAP_ATTENTION on. */
struct attention {
    uint64_t bits, signals_taken, signals_arrived;
};

_Static_assert(TRAP_SIGNALS_TAKEN == TRAP_ATTENTION + 8 &&
                   TRAP_SIGNALS_ARRIVED == TRAP_ATTENTION + 16,
               "the words of the trap area are read as one structure");

/* One guest a process, as in interrupt.c. */
static volatile sig_atomic_t over[TIMERS];
static timer_t timers[TIMERS];
static bool timers_made;

static void note(int signal, siginfo_t *info, void *context)
{
    (void)signal;
    (void)context;
    if (info->si_code != SI_TIMER || info->si_value.sival_int < 0 ||
        info->si_value.sival_int >= TIMERS)
        return;
    over[info->si_value.sival_int] = 1;
    interrupt_kick();
}

static int make_timers(struct error *error)
{
    for (int i = 0; !timers_made && i < TIMERS; i++) {
        struct sigevent event = {
            .sigev_notify = SIGEV_SIGNAL,
            .sigev_signo = SIGRTMIN,
            .sigev_value.sival_int = i,
        };

        if (timer_create(CLOCK_MONOTONIC, &event, &timers[i]) < 0)
            return error_errno(error, errno, "timer_create");
    }
    timers_made = true;
    return 0;
}

int upcall_watch(struct kvm_run *run, struct error *error)
{
    static const int signals[] = {SIGALRM, SIGCONT, SIGWINCH};
    struct sigaction action = {.sa_sigaction = note, .sa_flags = SA_SIGINFO};
    int status = interrupt_watch(run, error);

    if (status == 0 && sigaction(SIGRTMIN, &action, NULL) < 0)
        return error_errno(error, errno, "sigaction");
    for (size_t i = 0; status == 0 && i < sizeof(signals) / sizeof(signals[0]);
         i++)
        status = interrupt_watch_signal(signals[i], error);
    return status < 0 ? status : make_timers(error);
}

static int set_timer(int which, uint64_t duration_ns)
{
    const struct itimerspec time = {
        .it_value = {.tv_sec = (time_t)(duration_ns / NS_PER_SECOND),
                     .tv_nsec = (long)(duration_ns % NS_PER_SECOND)},
    };

    return timer_settime(timers[which], 0, &time, NULL) < 0 ? -errno : 0;
}

int upcall_set_timer(uint64_t duration_ns)
{
    over[TIMER_GUEST] = 0;
    return set_timer(TIMER_GUEST, duration_ns);
}

bool upcall_due(void)
{
    return interrupt_pending() != 0 || over[TIMER_GUEST] || over[TIMER_AGAIN];
}

/* Whether the vCPU is between two instructions of the program, all done. */
static bool in_program(const struct kvm_regs *regs,
                       const struct kvm_vcpu_events *events)
{
    return regs->rip - SYSTEM_BASE >= SYSTEM_SIZE &&
           !events->exception.injected && !events->exception.pending &&
           !events->interrupt.injected && !events->nmi.injected;
}

/* As the processor enters an interrupt handler on a stack of its own. */
static int change_course(struct unikernel *unikernel, struct kvm_regs *regs,
                         struct error *error)
{
    const uint64_t frame[] = {regs->rip, SELECTOR_USER_CODE, regs->rflags,
                              regs->rsp, SELECTOR_USER_DATA};
    const uint64_t stack = SYSTEM_STACK_END - sizeof(frame);

    if (guest_memory_write(&unikernel->memory, (struct guest_addr){stack},
                           frame, sizeof(frame)) < 0)
        return error_set(error, EFAULT, "the guest has no system stack");
    regs->rip = SYSTEM_BASE + UPCALL_ENTRY;
    regs->rsp = SYSTEM_BASE + stack;
    regs->rflags = RFLAGS_RING3;
    if (ioctl(unikernel->vcpu.fd, KVM_SET_REGS, regs) < 0)
        return error_errno(error, errno, "KVM_SET_REGS");
    return 0;
}

static int interrupt_program(struct unikernel *unikernel, struct error *error)
{
    struct kvm_vcpu_events events;
    struct kvm_regs regs;
    int status;

    if (ioctl(unikernel->vcpu.fd, KVM_GET_REGS, &regs) < 0)
        return error_errno(error, errno, "KVM_GET_REGS");
    if (ioctl(unikernel->vcpu.fd, KVM_GET_VCPU_EVENTS, &events) < 0)
        return error_errno(error, errno, "KVM_GET_VCPU_EVENTS");
    if (in_program(&regs, &events))
        return change_course(unikernel, &regs, error);
    status = set_timer(TIMER_AGAIN, AGAIN_NS);
    return status < 0 ? error_errno(error, -status, "timer_settime") : 0;
}

int upcall_deliver(struct unikernel *unikernel, struct error *error)
{
    const struct guest_addr at = {SYSTEM_TRAP + TRAP_ATTENTION};
    struct attention attention;
    uint64_t forwarded;

    if (!upcall_due())
        return 0;
    if (guest_memory_read(&unikernel->memory, at, &attention,
                          sizeof(attention)) < 0)
        return error_set(error, EFAULT, "the guest has no trap area");
    forwarded = interrupt_take_of(attention.signals_taken);
    interrupt_take_of(HARMLESS);
    if (interrupt_pending() != 0)
        return -EINTR;
    attention.signals_arrived |= forwarded;
    if (forwarded != 0)
        attention.bits |= ATTENTION_LOOK;
    if (over[TIMER_GUEST])
        attention.bits |= ATTENTION_LOOK | ATTENTION_TIMER;
    over[TIMER_GUEST] = over[TIMER_AGAIN] = 0;
    if (attention.bits == 0)
        return 0;
    guest_memory_write(&unikernel->memory, at, &attention, sizeof(attention));
    return interrupt_program(unikernel, error);
}
