/*
 * One gnuplot process. See gnuplot.h.
 */
#include "report/gnuplot.h"

#include "oci/cleanup.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

enum { MESSAGE_SIZE = 4096 };

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

/* The calling process's PATH alone, and a locale that knows UTF-8. */
static int spawn_gnuplot(int directory, char *const *arguments,
                         const int streams[2], pid_t *pid)
{
    posix_spawn_file_actions_t actions;
    const char *path = getenv("PATH");
    char *path_variable = NULL;
    int result;

    if (asprintf(&path_variable, "PATH=%s", path != NULL ? path : "") < 0)
        return ENOMEM;
    char *const environment[] = {path_variable, "LC_ALL=C.UTF-8", NULL};

    posix_spawn_file_actions_init(&actions);
    result = posix_spawn_file_actions_addfchdir_np(&actions, directory);
    if (result == 0)
        result = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO,
                                                  "/dev/null", O_RDONLY, 0);
    if (result == 0)
        result = posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO,
                                                  "/dev/null", O_WRONLY, 0);
    if (result == 0)
        result = posix_spawn_file_actions_adddup2(&actions, streams[1],
                                                  STDERR_FILENO);
    if (result == 0)
        result = posix_spawnp(pid, "gnuplot", &actions, NULL, arguments,
                              environment);
    posix_spawn_file_actions_destroy(&actions);
    free(path_variable);
    return result;
}

/* Keeps the end of what is read until end of file: 0, or -ETIMEDOUT. */
static int read_messages(int stream, char message[MESSAGE_SIZE],
                         int64_t deadline)
{
    size_t length = 0;

    for (;;) {
        struct pollfd poll_stream = {.fd = stream, .events = POLLIN};
        const int64_t left = deadline - now_ms();
        ssize_t got;

        if (left <= 0)
            return -ETIMEDOUT;
        if (poll(&poll_stream, 1, (int)left) <= 0)
            continue;
        if (length > MESSAGE_SIZE / 2) {
            length -= MESSAGE_SIZE / 4;
            memmove(message, message + MESSAGE_SIZE / 4, length);
        }
        got = read(stream, message + length, MESSAGE_SIZE - 1 - length);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        length += (size_t)got;
    }
    message[length] = '\0';
    return 0;
}

/* The last line that is not empty, cut out of message. */
static const char *last_line(char *message)
{
    size_t length = strlen(message);
    char *start;

    while (length > 0 && strchr(" \n\r", message[length - 1]) != NULL)
        message[--length] = '\0';
    start = strrchr(message, '\n');
    start = start != NULL ? start + 1 : message;
    return start + strspn(start, " \t");
}

static int wait_for(pid_t pid, char *message, struct error *error)
{
    int status;

    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return error_errno(error, errno, "gnuplot");
    if (WIFSIGNALED(status))
        return error_set(error, EIO, "gnuplot was killed by signal %d",
                         WTERMSIG(status));
    if (WEXITSTATUS(status) != 0)
        return error_set(error, EIO, "gnuplot failed: %s", last_line(message));
    return 0;
}

int gnuplot_run(int directory, const char *script, struct error *error)
{
    char *const arguments[] = {"gnuplot", "-d", (char *)script, NULL};
    const int64_t deadline = now_ms() + GNUPLOT_TIMEOUT_SECONDS * 1000;
    char message[MESSAGE_SIZE];
    _cleanup_close_ int reading = -1;
    int streams[2], result;
    pid_t pid;

    if (pipe2(streams, O_CLOEXEC) < 0)
        return error_errno(error, errno, "gnuplot");
    reading = streams[0];
    result = spawn_gnuplot(directory, arguments, streams, &pid);
    close(streams[1]);
    if (result != 0)
        return error_errno(error, result, "gnuplot");
    result = read_messages(reading, message, deadline);
    if (result == 0)
        return wait_for(pid, message, error);
    kill(pid, SIGKILL);
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        ;
    return error_set(error, ETIMEDOUT,
                     "gnuplot took longer than %d seconds over %s",
                     GNUPLOT_TIMEOUT_SECONDS, script);
}
