/* Watching a command to its end; see watch.h for the contract. */
#include "bench/watch.h"

#include "bench/clock.h"
#include "bench/interrupt.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { POLL_OUTPUT, POLL_ERRORS, POLL_EXIT, POLL_SIGNAL, POLLS };

struct watching {
    const struct spawned *spawned;
    const struct watch_plan *plan;
    struct watch_result *result;
    struct pollfd polls[POLLS];
    size_t errors_used;
    int64_t deadline; /* ns from spawn */
    bool killed, reaped;
};

static int64_t since_spawn(const struct watching *watching)
{
    return clock_now() - watching->spawned->spawn_at;
}

/*
 * One read, so that a flood on one pipe does not keep us from the rest.
 * Returns whether there may be more at once; a pipe at its end leaves the
 * poll set.
 */
static bool read_some(struct watching *watching, int which, char *buffer,
                      size_t size, ssize_t *n)
{
    *n = read(watching->polls[which].fd, buffer, size);
    if (*n > 0)
        return true;
    if (*n == 0 || (errno != EAGAIN && errno != EINTR))
        watching->polls[which].fd = -1;
    return false;
}

static bool read_output(struct watching *watching)
{
    char buffer[16384];
    ssize_t n;
    bool more = read_some(watching, POLL_OUTPUT, buffer, sizeof(buffer), &n);
    int64_t at = since_spawn(watching);

    if (n > 0)
        watching->plan->output(watching->plan->context, buffer, (size_t)n, at);
    return more;
}

/* Keeps the tail: the last words are what tells why something failed. */
static bool read_errors(struct watching *watching)
{
    char buffer[4096];
    char *tail = watching->result->errors;
    size_t room = WATCH_ERRORS_SIZE - 1, used = watching->errors_used;
    const char *from = buffer;
    ssize_t n;
    bool more = read_some(watching, POLL_ERRORS, buffer, sizeof(buffer), &n);
    size_t size = n > 0 ? (size_t)n : 0;

    if (size > room) {
        from += size - room;
        size = room;
    }
    if (used + size > room) {
        size_t drop = used + size - room;

        memmove(tail, tail + drop, used - drop);
        used -= drop;
    }
    memcpy(tail + used, from, size);
    watching->errors_used = used + size;
    tail[used + size] = '\0';
    return more;
}

static void kill_now(struct watching *watching)
{
    watching->killed = true;
    watching->deadline =
        since_spawn(watching) + WATCH_KILL_SECONDS * NS_PER_SECOND;
    watching->plan->kill(watching->plan->context);
}

/* Acts on what the clock or a signal says. -ETIMEDOUT: killing did not help. */
static int check_clock(struct watching *watching, struct error *error)
{
    const struct watch_plan *plan = watching->plan;
    int64_t now = since_spawn(watching);

    if (watching->killed && now >= watching->deadline)
        return error_set(error, ETIMEDOUT,
                         "process %d is still there %d s after it was killed",
                         (int)watching->spawned->pid, WATCH_KILL_SECONDS);
    if (watching->killed)
        return 0;
    if (interrupt_signal() != 0) {
        watching->result->interrupted = true;
        kill_now(watching);
    } else if (plan->end_at_ns != NULL && now >= *plan->end_at_ns) {
        plan->ending(plan->context);
        watching->result->ended = true;
        kill_now(watching);
    } else if (now >= watching->deadline) {
        watching->result->timed_out = true;
        kill_now(watching);
    }
    return 0;
}

/* Milliseconds until check_clock has something to do, rounded up. */
static int poll_timeout(const struct watching *watching)
{
    const struct watch_plan *plan = watching->plan;
    int64_t until = watching->deadline, left;

    if (!watching->killed && plan->end_at_ns != NULL &&
        *plan->end_at_ns < until)
        until = *plan->end_at_ns;
    left = until - since_spawn(watching);
    if (left <= 0)
        return 0;
    left = (left + NS_PER_MS - 1) / NS_PER_MS;
    return left > 60000 ? 60000 : (int)left;
}

static int reap(struct watching *watching, struct error *error)
{
    struct watch_result *result = watching->result;
    int status;

    if (watching->plan->exited != NULL)
        watching->plan->exited(watching->plan->context);
    if (wait4(watching->spawned->pid, &status, 0, &result->usage) < 0)
        return error_errno(error, errno, "wait4");
    result->exit_ns = since_spawn(watching);
    result->status =
        WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    watching->reaped = true;
    return 0;
}

/* What is in the pipes at exit; a process left behind may hold them open. */
static void drain(struct watching *watching)
{
    /* A process that goes on writing for ever does not keep us here. */
    for (int i = 0; i < 64 && read_output(watching); i++)
        continue;
    for (int i = 0; i < 64 && read_errors(watching); i++)
        continue;
}

static int turn(struct watching *watching, struct error *error)
{
    int ready = poll(watching->polls, POLLS, poll_timeout(watching));

    if (ready < 0 && errno != EINTR)
        return error_errno(error, errno, "poll");
    if (ready > 0) {
        if (watching->polls[POLL_OUTPUT].revents != 0)
            read_output(watching);
        if (watching->polls[POLL_EXIT].revents != 0)
            return reap(watching, error);
        if (watching->polls[POLL_ERRORS].revents != 0)
            read_errors(watching);
    }
    if (watching->killed) /* the signal has been heard; do not spin on it */
        watching->polls[POLL_SIGNAL].fd = -1;
    return check_clock(watching, error);
}

int watch(const struct spawned *spawned, const struct watch_plan *plan,
          struct watch_result *result, struct error *error)
{
    struct watching watching = {
        .spawned = spawned,
        .plan = plan,
        .result = result,
        .polls = {[POLL_OUTPUT] = {.fd = spawned->output, .events = POLLIN},
                  [POLL_ERRORS] = {.fd = spawned->errors, .events = POLLIN},
                  [POLL_EXIT] = {.fd = spawned->pidfd, .events = POLLIN},
                  [POLL_SIGNAL] = {.fd = interrupt_fd(), .events = POLLIN}},
        .deadline = plan->timeout_ns,
    };

    *result = (struct watch_result){0};
    while (!watching.reaped) {
        int failed = turn(&watching, error);

        if (failed < 0)
            return failed;
    }
    drain(&watching);
    return 0;
}

char *last_line(char *text)
{
    size_t length = strlen(text);
    char *start;

    while (length > 0 && strchr(" \t\r\n", text[length - 1]) != NULL)
        text[--length] = '\0';
    start = strrchr(text, '\n');
    return start == NULL ? text : start + 1;
}
