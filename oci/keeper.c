/* The process that stays with a container; see keeper.h. */
#include "oci/keeper.h"

#include "oci/cleanup.h"
#include "oci/descriptors.h"
#include "oci/lifecycle.h"
#include "oci/start_gate.h"

#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>

enum { KEEPER_READY = 'k', KEEPER_ANNOUNCED = 'a' };

static int receive_byte(int channel, char expected)
{
    char byte = 0;
    ssize_t n;

    do {
        n = recv(channel, &byte, 1, 0);
    } while (n < 0 && errno == EINTR);
    return n == 1 && byte == expected ? 0 : -EPIPE;
}

static int send_byte(int channel, char byte)
{
    return send(channel, &byte, 1, MSG_NOSIGNAL) == 1 ? 0 : -EPIPE;
}

int keeper_await_start(const struct run_request *request, struct error *error)
{
    int connection;

    if (request->gate < 0) {
        int status = lifecycle_announce(request, getpid(), NULL, false, error);

        if (status == 0)
            lifecycle_run_late_hooks(request, "poststart", STATUS_RUNNING,
                                     getpid());
        return status;
    }
    if (send_byte(request->keeper, KEEPER_READY) < 0 ||
        receive_byte(request->keeper, KEEPER_ANNOUNCED) < 0)
        return error_set(error, EPIPE,
                         "the runtime ended before its container");
    connection = start_gate_wait(request->gate, error);
    if (connection < 0)
        return connection;
    /* From now on nobody can start it again; the hang-up says it runs. */
    close(request->gate);
    close(connection);
    return 0;
}

/* An error before the start goes to `create`; a later one has only standard
 * error and the log to be told to. */
static _Noreturn void keep(const struct runtime *runtime,
                           const struct run_request *request)
{
    const int own[] = {request->gate, request->keeper};
    const struct descriptor_list kept = {own, sizeof(own) / sizeof(own[0])};
    struct error error = {0};
    int exit_status = 0;

    /* Among the rest is the lock of the command that makes us. */
    descriptors_close_except(3, &kept, 1);
    setsid();
    if (runtime->run(request, &exit_status, &error) < 0) {
        exit_status = RUNTIME_EXIT_FAILURE;
        if (send(request->keeper, &error, sizeof(error), MSG_NOSIGNAL) < 0) {
            fprintf(stderr, "%s: %s\n", runtime->name, error.text);
            (void)log_write(request->log, "error", "%s", error.text);
        }
    }
    fflush(NULL);
    _exit(exit_status);
}

/* Goes along until the keeper waits to be started. */
static int guide(const struct run_request *request, int channel, pid_t pid,
                 struct error *error)
{
    struct error failure;
    ssize_t n;
    int status;

    do {
        n = recv(channel, &failure, sizeof(failure), 0);
    } while (n < 0 && errno == EINTR);
    if (n == (ssize_t)sizeof(failure))
        return error_set(error, failure.code, "%.*s", ERROR_TEXT_SIZE - 1,
                         failure.text);
    if (n != 1)
        return error_set(error, ECHILD,
                         "the container ended before it was created");
    status = lifecycle_announce(request, pid, NULL, false, error);
    if (status == 0)
        (void)send_byte(channel, KEEPER_ANNOUNCED);
    return status;
}

int keeper_create(const struct runtime *runtime,
                  const struct run_request *request, struct error *error)
{
    struct run_request of_keeper = *request;
    _cleanup_close_ int channel = -1;
    int ends[2], status;
    pid_t pid;

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
        return error_errno(error, errno, "cannot make a socket pair");
    channel = ends[0];
    of_keeper.keeper = ends[1];
    of_keeper.state = NULL; /* it is announced by us */
    pid = fork();
    if (pid == 0)
        keep(runtime, &of_keeper);
    close(ends[1]);
    if (pid < 0)
        return error_errno(error, errno, "cannot make a process");
    status = guide(request, channel, pid, error);
    if (status < 0) {
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
    }
    return status;
}
