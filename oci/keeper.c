/* The process that stays with a container; see keeper.h. */
#include "oci/keeper.h"

#include "oci/cleanup.h"
#include "oci/descriptors.h"
#include "oci/lifecycle.h"
#include "oci/socket.h"
#include "oci/start_gate.h"

#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>

enum { KEEPER_ANNOUNCED = 'a', DETAILS_SIZE = 32 << 10 };

/* What the keeper tells: that it is ready, or why it never will be. */
struct keeper_word {
    bool ready;
    pid_t process; /* that is ready */
    union {
        struct error failure;
        char details[DETAILS_SIZE]; /* JSON of the runtime's own; "": none */
    };
};

static int receive_byte(int channel, char expected)
{
    char byte = 0;
    ssize_t n;

    do {
        n = recv(channel, &byte, 1, 0);
    } while (n < 0 && errno == EINTR);
    return n == 1 && byte == expected ? 0 : -EPIPE;
}

static int send_word(int channel, const struct keeper_word *word)
{
    ssize_t n = send(channel, word, sizeof(*word), MSG_NOSIGNAL);

    return n == (ssize_t)sizeof(*word) ? 0 : -EPIPE;
}

static int tell_ready(int channel, pid_t process, const json_t *details)
{
    struct keeper_word word;

    memset(&word, 0, sizeof(word));
    word.ready = true;
    word.process = process;
    if (json_dumpb(details, word.details, DETAILS_SIZE - 1, 0) >= DETAILS_SIZE)
        return -EOVERFLOW;
    return send_word(channel, &word);
}

int keeper_await_start(const struct run_request *request, pid_t process,
                       json_t *details, struct error *error)
{
    int connection;

    if (request->gate < 0) {
        int status =
            lifecycle_announce(request, process, details, false, error);

        if (status == 0)
            lifecycle_run_late_hooks(request, "poststart", STATUS_RUNNING,
                                     process);
        return status;
    }
    if (tell_ready(request->keeper, process, details) < 0 ||
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
    struct keeper_word word = {.ready = false};
    int exit_status = 0;

    /* Among the rest is the lock of the command that makes us. */
    descriptors_close_except(3, &kept, 1);
    setsid();
    if (runtime->run(request, &exit_status, &word.failure) < 0) {
        exit_status = RUNTIME_EXIT_FAILURE;
        if (send_word(request->keeper, &word) < 0) {
            fprintf(stderr, "%s: %s\n", runtime->name, word.failure.text);
            (void)log_write(request->log, "error", "%s", word.failure.text);
        }
    }
    fflush(NULL);
    _exit(exit_status);
}

/* Goes along until the keeper waits to be started; *process is what does. */
static int guide(const struct run_request *request, int channel, pid_t *process,
                 struct error *error)
{
    const char announced = KEEPER_ANNOUNCED;
    struct keeper_word word;
    json_t *details;
    ssize_t n;
    int status;

    do {
        n = recv(channel, &word, sizeof(word), 0);
    } while (n < 0 && errno == EINTR);
    if (n != (ssize_t)sizeof(word))
        return error_set(error, ECHILD,
                         "the container ended before it was created");
    if (!word.ready)
        return error_set(error, word.failure.code, "%.*s", ERROR_TEXT_SIZE - 1,
                         word.failure.text);
    details = json_loads(word.details, 0, NULL);
    *process = word.process;
    status = lifecycle_announce(request, *process, details, false, error);
    json_decref(details);
    if (status == 0)
        (void)send(channel, &announced, 1, MSG_NOSIGNAL);
    return status;
}

int keeper_create(const struct runtime *runtime,
                  const struct run_request *request, struct error *error)
{
    struct run_request of_keeper = *request;
    _cleanup_close_ int channel = -1;
    int status = socket_pair(&channel, &of_keeper.keeper, error);
    pid_t pid, process;

    if (status < 0)
        return status;
    of_keeper.state = NULL; /* it is announced by us */
    pid = fork();
    if (pid == 0)
        keep(runtime, &of_keeper);
    close(of_keeper.keeper);
    if (pid < 0)
        return error_errno(error, errno, "cannot make a process");
    process = pid;
    status = guide(request, channel, &process, error);
    if (status < 0) {
        kill(pid, SIGKILL);
        kill(process, SIGKILL);
        waitpid(pid, NULL, 0);
        waitpid(process, NULL, 0);
    }
    return status;
}
