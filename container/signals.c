/* Forwards signals and waits; see signals.h. Source: pid_namespaces(7). */
#include "container/signals.h"

#include "oci/cleanup.h"

#include <sys/wait.h>

/* The default action of each of these is to end the process. */
static const int forwarded[] = {SIGHUP,  SIGINT,  SIGTERM,
                                SIGQUIT, SIGUSR1, SIGUSR2};

enum { STATUS_SIGNALED = 128 };

static void fill_set(sigset_t *set, bool forward)
{
    sigemptyset(set);
    sigaddset(set, SIGCHLD);
    sigaddset(set, SIGWINCH); /* of no concern without a terminal */
    for (size_t i = 0; forward && i < sizeof(forwarded) / sizeof(int); i++)
        sigaddset(set, forwarded[i]);
}

void signals_block(bool forward, sigset_t *original)
{
    sigset_t set;

    /* A caller that ignores SIGCHLD would have us lose the exit status. */
    signal(SIGCHLD, SIG_DFL);
    fill_set(&set, forward);
    sigprocmask(SIG_BLOCK, &set, original);
}

/* Would the process neither handle, nor ignore, nor hold back the signal? */
static bool has_default_action(pid_t pid, int number)
{
    char path[32], line[256];
    _cleanup_file_ FILE *file = NULL;
    unsigned long long masks = 0, mask;

    snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
    file = fopen(path, "re");
    while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
        if (sscanf(line, "SigBlk: %llx", &mask) == 1 ||
            sscanf(line, "SigIgn: %llx", &mask) == 1 ||
            sscanf(line, "SigCgt: %llx", &mask) == 1)
            masks |= mask;
    }
    return file != NULL && (masks >> (number - 1) & 1) == 0;
}

/* Returns the signal that the container is to have died of, 0 for none. */
static int forward_signal(pid_t pid, bool first_process, int number)
{
    if (first_process && has_default_action(pid, number)) {
        kill(pid, SIGKILL);
        return number;
    }
    kill(pid, number);
    return 0;
}

int signals_wait(pid_t pid, bool first_process, struct terminal *terminal,
                 int *exit_status, struct error *error)
{
    int status = 0, died_of = 0;
    sigset_t set;

    sigprocmask(SIG_BLOCK, NULL, &set);
    for (;;) {
        pid_t reaped = waitpid(pid, &status, WNOHANG);
        int number;

        if (reaped == pid)
            break;
        if (reaped < 0)
            return error_errno(error, errno, "cannot wait for the container");
        number = terminal != NULL ? terminal_attend(terminal, &set)
                                  : sigwaitinfo(&set, NULL);
        if (number > 0 && number != SIGCHLD && number != SIGWINCH)
            died_of = forward_signal(pid, first_process, number);
    }
    if (WIFEXITED(status))
        *exit_status = WEXITSTATUS(status);
    else if (WTERMSIG(status) == SIGKILL && died_of != 0)
        *exit_status = STATUS_SIGNALED + died_of;
    else
        *exit_status = STATUS_SIGNALED + WTERMSIG(status);
    return 0;
}
