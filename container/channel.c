/* Messages between the runtime and its process inside; see channel.h. */
#include "container/channel.h"

#include "container/container.h"

#include <errno.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>

static int refuse_orphan(struct error *error)
{
    return error_set(error, EPIPE, "the runtime ended before its container");
}

int channel_receive(int channel, pid_t *pid, struct error *error)
{
    union {
        char byte;
        pid_t pid;
        struct error failure;
    } message;
    ssize_t n;

    do {
        n = recv(channel, &message, sizeof(message), 0);
        /* The kernel mentions once that something we said went unheard. */
    } while (n < 0 && (errno == EINTR || errno == ECONNRESET));
    if (n < 0)
        return error_errno(error, errno,
                           "cannot hear of the container's first process");
    if (n == (ssize_t)sizeof(message.failure))
        return error_set(error, message.failure.code, "%.*s",
                         ERROR_TEXT_SIZE - 1, message.failure.text);
    if (n == (ssize_t)sizeof(message.pid)) {
        *pid = message.pid;
        return CONTAINER_INSIDE;
    }
    return n == 1 ? message.byte : 0;
}

int channel_await(int channel, void *data, size_t size, struct error *error)
{
    ssize_t n;

    do {
        n = recv(channel, data, size, 0);
    } while (n < 0 && errno == EINTR);
    return n == (ssize_t)size ? 0 : refuse_orphan(error);
}

int channel_die_with_parent(int channel, struct error *error)
{
    struct pollfd parent = {.fd = channel};

    if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0)
        return error_errno(error, errno, "cannot set the parent-death signal");
    if (poll(&parent, 1, 0) > 0 && (parent.revents & POLLHUP) != 0)
        return refuse_orphan(error);
    return 0;
}
