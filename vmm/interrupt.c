/*
 * Signal handlers for the one guest of this process. immediate_exit makes the
 * next KVM_RUN return at once, so a signal just before it is not lost.
 */
#include "vmm/interrupt.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>

/* The signals that came, 1 << (signal - 1). */
static _Atomic uint64_t pending;
static sigset_t handled; /* those that are watched */
static struct kvm_run *volatile watched;

void interrupt_kick(void)
{
    if (watched != NULL)
        watched->immediate_exit = 1;
}

static void note(int signal)
{
    pending |= 1ull << (signal - 1);
    interrupt_kick();
}

int interrupt_watch_signal(int signal, struct error *error)
{
    struct sigaction action = {.sa_handler = note};

    if (sigaction(signal, &action, NULL) < 0)
        return error_errno(error, errno, "sigaction");
    sigaddset(&handled, signal);
    return 0;
}

int interrupt_watch(struct kvm_run *run, struct error *error)
{
    static const int signals[] = {SIGHUP,  SIGINT,  SIGQUIT,
                                  SIGTERM, SIGUSR1, SIGUSR2};
    int status = 0;

    watched = run;
    signal(SIGPIPE, SIG_IGN);
    for (size_t i = 0; status == 0 && i < sizeof(signals) / sizeof(signals[0]);
         i++)
        status = interrupt_watch_signal(signals[i], error);
    return status;
}

static int first_of(uint64_t set)
{
    return set == 0 ? 0 : __builtin_ctzll(set) + 1;
}

int interrupt_pending(void)
{
    return first_of(pending);
}

uint64_t interrupt_take_of(uint64_t set)
{
    return atomic_fetch_and(&pending, ~set) & set;
}

int interrupt_take(void)
{
    int taken = first_of(pending);

    if (taken != 0)
        interrupt_take_of(1ull << (taken - 1));
    return taken;
}

/* Blocked but while poll waits, no signal falls between look and wait. */
int interrupt_poll(struct pollfd *fds, nfds_t count, int timeout)
{
    const struct timespec limit = {timeout / 1000, timeout % 1000 * 1000000l};
    sigset_t before;
    int result;

    pthread_sigmask(SIG_BLOCK, &handled, &before);
    result = pending != 0
                 ? -EINTR
                 : ppoll(fds, count, timeout < 0 ? NULL : &limit, &before);
    if (result == -1)
        result = -errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return result;
}

void interrupt_unwatch(void)
{
    watched = NULL;
}
