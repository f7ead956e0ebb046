/* Signals as something to poll; see interrupt.h for the contract. */
#include "bench/interrupt.h"

#include <errno.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

/* Signals belong to the process, so this state does too. */
static int signal_fd = -1;
static int first_signal;

static sigset_t interrupting(void)
{
    sigset_t signals;

    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGHUP);
    return signals;
}

int interrupt_open(struct error *error)
{
    sigset_t signals = interrupting();

    if (sigprocmask(SIG_BLOCK, &signals, NULL) < 0)
        return error_errno(error, errno, "sigprocmask");
    signal_fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
    if (signal_fd < 0)
        return error_errno(error, errno, "signalfd");
    return 0;
}

void interrupt_close(void)
{
    sigset_t signals = interrupting();

    if (signal_fd >= 0)
        close(signal_fd);
    signal_fd = -1;
    sigprocmask(SIG_UNBLOCK, &signals, NULL);
}

int interrupt_fd(void)
{
    return signal_fd;
}

int interrupt_signal(void)
{
    struct signalfd_siginfo info;

    if (first_signal == 0 && signal_fd >= 0 &&
        read(signal_fd, &info, sizeof(info)) == sizeof(info))
        first_signal = (int)info.ssi_signo;
    return first_signal;
}
