/*
 * Signal handlers for the one guest of this process. immediate_exit makes the
 * next KVM_RUN return at once, so a signal just before it is not lost.
 */
#include "vmm/interrupt.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>

static volatile sig_atomic_t pending;
static struct kvm_run *volatile watched;

static void note(int signal)
{
    if (pending == 0)
        pending = signal;
    if (watched != NULL)
        watched->immediate_exit = 1;
}

int interrupt_watch(struct kvm_run *run, struct error *error)
{
    static const int signals[] = {SIGHUP,  SIGINT,  SIGQUIT,
                                  SIGTERM, SIGUSR1, SIGUSR2};
    struct sigaction action = {.sa_handler = note};

    watched = run;
    signal(SIGPIPE, SIG_IGN);
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        if (sigaction(signals[i], &action, NULL) < 0)
            return error_errno(error, errno, "sigaction");
    }
    return 0;
}

int interrupt_pending(void)
{
    return pending;
}

int interrupt_take(void)
{
    int taken = pending;

    pending = 0;
    return taken;
}

void interrupt_unwatch(void)
{
    watched = NULL;
}
