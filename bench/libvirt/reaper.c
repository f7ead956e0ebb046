/* Reaping orphans; see reaper.h. */
#include "bench/libvirt/reaper.h"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SIGNAL_BASE = 128 };

static volatile sig_atomic_t child;

static void forward(int number)
{
    kill(child, number);
}

static void forward_signals(void)
{
    static const int signals[] = {SIGHUP, SIGINT, SIGTERM};
    const struct sigaction action = {.sa_handler = forward};

    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
        sigaction(signals[i], &action, NULL);
}

int reaper_fork(int *exit_status, struct error *error)
{
    pid_t parent = getpid(), reaped;
    int status = 0;

    if (prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
        return error_errno(error, errno, "prctl(PR_SET_CHILD_SUBREAPER)");
    child = fork();
    if (child < 0)
        return error_errno(error, errno, "fork");
    if (child == 0) {
        if (prctl(PR_SET_PDEATHSIG, SIGTERM) < 0 || getppid() != parent)
            _exit(1);
        return 0;
    }
    forward_signals();
    do
        reaped = waitpid(-1, &status, 0);
    while (reaped != child && (reaped > 0 || errno == EINTR));
    *exit_status = WIFSIGNALED(status) ? SIGNAL_BASE + WTERMSIG(status)
                                       : WEXITSTATUS(status);
    return 1;
}
