/* The socket at which a created container waits; see start_gate.h. */
#include "oci/start_gate.h"

#include "oci/cleanup.h"

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

enum { BACKLOG = 64 };

static const char go = 's';

/* By descriptor: the path of a state directory may exceed sun_path. */
static struct sockaddr_un make_address(int directory)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    snprintf(address.sun_path, sizeof(address.sun_path),
             "/proc/self/fd/%d/start", directory);
    return address;
}

int start_gate_make(int directory, struct error *error)
{
    _cleanup_close_ int gate =
        socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    struct sockaddr_un address = make_address(directory);

    if (gate < 0 ||
        bind(gate, (const struct sockaddr *)&address, sizeof(address)) < 0 ||
        listen(gate, BACKLOG) < 0)
        return error_errno(error, errno, "cannot make the start socket");
    return take_fd(&gate);
}

int start_gate_wait(int gate, struct error *error)
{
    for (;;) {
        _cleanup_close_ int connection =
            accept4(gate, NULL, NULL, SOCK_CLOEXEC);
        char byte = 0;

        if (connection < 0 && errno != EINTR && errno != ECONNABORTED)
            return error_errno(error, errno, "cannot wait for the start");
        /* Who only looks whether we wait hangs up without a word. */
        if (connection >= 0 && recv(connection, &byte, 1, 0) == 1 && byte == go)
            return take_fd(&connection);
    }
}

void start_gate_report(int connection, const struct error *error)
{
    (void)send(connection, error, sizeof(*error), MSG_NOSIGNAL);
}

/* A connection to the one who waits; -ESRCH when nobody does. */
static int connect_to(const char *directory, int flags)
{
    _cleanup_close_ int parent =
        open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
    _cleanup_close_ int connection =
        socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | flags, 0);
    struct sockaddr_un address = make_address(parent);

    if (parent < 0 || connection < 0)
        return -errno;
    if (connect(connection, (const struct sockaddr *)&address,
                sizeof(address)) < 0)
        return errno == ENOENT || errno == ECONNREFUSED ? -ESRCH : -errno;
    return take_fd(&connection);
}

int start_gate_open(const char *directory, struct error *error)
{
    _cleanup_close_ int connection = connect_to(directory, 0);
    struct error failure;
    ssize_t n;

    if (connection < 0 || send(connection, &go, 1, MSG_NOSIGNAL) != 1)
        return error_set(error, ESRCH, "nobody waits to be started");
    do {
        n = recv(connection, &failure, sizeof(failure), 0);
    } while (n < 0 && errno == EINTR);
    if (n != (ssize_t)sizeof(failure))
        return 0;
    return error_set(error, failure.code, "%.*s", ERROR_TEXT_SIZE - 1,
                     failure.text);
}

bool start_gate_is_closed(const char *directory)
{
    _cleanup_close_ int connection = connect_to(directory, SOCK_NONBLOCK);

    return connection >= 0 || connection == -EAGAIN;
}
