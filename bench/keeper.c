/* Cleaning up behind a death; see keeper.h for the contract. */
#include "bench/keeper.h"

#include "bench/session.h"
#include "oci/cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { DISMISSED = 'd', KEPT_FILENO = STDERR_FILENO + 1 };

/* Nobody who waits for the end of our output should wait for the keeper. */
static void hold_nothing(int pipe)
{
    int null;

    dup2(pipe, KEPT_FILENO);
    close_range(KEPT_FILENO + 1, ~0U, 0);
    null = open("/dev/null", O_RDWR);
    for (int fd = 0; null >= 0 && fd <= STDERR_FILENO; fd++)
        dup2(null, fd);
}

/* Reads until the word came, or our maker is gone and the pipe at its end. */
__attribute__((noreturn)) static void keep(int pipe)
{
    struct error ignored = {0};
    char word = 0;
    int swept, live;

    setsid();
    signal(SIGPIPE, SIG_IGN);
    prctl(PR_SET_NAME, "ringside-keeper");
    hold_nothing(pipe);
    if (chdir("/") < 0)
        _exit(1);
    while (read(KEPT_FILENO, &word, 1) < 0 && errno == EINTR)
        continue;
    if (word != DISMISSED)
        session_sweep(&swept, &live, &ignored);
    _exit(0);
}

int keeper_start(struct error *error)
{
    _cleanup_close_ int ours = -1, its = -1;
    int ends[2];
    pid_t child;

    if (pipe2(ends, O_CLOEXEC) < 0)
        return error_errno(error, errno, "pipe");
    its = ends[0];
    ours = ends[1];
    /* What an earlier session of this process wanted; the next sets it again.
     */
    prctl(PR_SET_CHILD_SUBREAPER, 0);
    child = fork();
    if (child < 0)
        return error_errno(error, errno, "fork");
    if (child == 0) {
        close(ours);
        /* The parent in between ends, so that ours is nobody's child here. */
        if (fork() == 0)
            keep(its);
        _exit(0);
    }
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
        continue;
    return take_fd(&ours);
}

void keeper_dismiss(int keeper)
{
    const char word = DISMISSED;

    if (keeper < 0)
        return;
    /* If it is gone already there is nobody to tell. */
    if (write(keeper, &word, 1) < 0)
        errno = 0;
    close(keeper);
}
