/*
 * pool serve|run|stop: guests that are ready before they are asked for.
 *
 *   pool serve [--bundle DIR] [--size N] [--memory SIZE] [--detach] SOCKET
 *   pool run [--bundle DIR] SOCKET
 *   pool stop SOCKET
 */
#include "vmm/verbs.h"

#include "oci/cleanup.h"
#include "oci/size.h"
#include "vmm/guest_options.h"
#include "vmm/pool_client.h"
#include "vmm/pool_daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>

static const struct argp_option options[] = {
    {"bundle", 'b', "DIR", 0,
     "serve: what to have ready (default: nothing, guests are made when they "
     "are asked for); run: what to run (default: the current directory)",
     0},
    {"size", 'n', "N", 0, "serve: guests to have ready (4)", 0},
    {"memory", 'm', "SIZE", 0,
     "serve: memory of each guest (default: the bundle's limit, else 512M)", 0},
    {"detach", 'd', NULL, 0,
     "serve: go on in the background once all are ready", 0},
    {0},
};

struct pool_arguments {
    const char *bundle, *action, *socket;
    struct pool_options pool;
    bool detach;
};

static const struct argp_child children[] = {
    {&jail_option_argp, 0, NULL, 0},
    {&root_options_argp, 0, NULL, 0},
    {0},
};

static void parse_size(struct argp_state *state, const char *text,
                       unsigned int *size)
{
    char *end;
    unsigned long number = strtoul(text, &end, 10);

    if (end == text || *end != '\0' || number < 1 || number > POOL_MAX_SIZE)
        argp_error(state, "--size: expected 1 to %d, got \"%s\"", POOL_MAX_SIZE,
                   text);
    *size = (unsigned int)number;
}

static void parse_memory(struct argp_state *state, const char *text,
                         uint64_t *memory_size)
{
    int64_t size = 0;

    if (size_parse(text, &size) < 0)
        argp_error(state, "--memory: expected a size, got \"%s\"", text);
    *memory_size = (uint64_t)size;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct pool_arguments *arguments = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &arguments->pool.no_jail;
        state->child_inputs[1] = &arguments->pool.root;
        return 0;
    case 'b':
        arguments->bundle = argument;
        return 0;
    case 'n':
        parse_size(state, argument, &arguments->pool.size);
        return 0;
    case 'm':
        parse_memory(state, argument, &arguments->pool.memory_size);
        return 0;
    case 'd':
        arguments->detach = true;
        return 0;
    case ARGP_KEY_ARG:
        if (arguments->action == NULL)
            arguments->action = argument;
        else if (arguments->socket == NULL)
            arguments->socket = argument;
        else
            argp_error(state, "one socket expected, got \"%s\" too", argument);
        return 0;
    case ARGP_KEY_END:
        if (arguments->socket == NULL)
            argp_error(state, "expected serve, run or stop, and a socket");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* The bundle as both sides name it. */
static int canonical(const char *bundle, char **path, struct error *error)
{
    *path = realpath(bundle, NULL);
    return *path == NULL ? error_errno(error, errno, "%s", bundle) : 0;
}

static void drop_streams(void)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);

    for (int i = 0; null >= 0 && i <= STDERR_FILENO; i++)
        dup2(null, i);
    cleanup_close(&null);
}

/* Reads what the daemon has to say before it is ready: nothing, or an error. */
static int hear(int fd, struct error *error)
{
    char text[ERROR_TEXT_SIZE];
    ssize_t n = read(fd, text, sizeof(text) - 1);

    if (n <= 0)
        return 0;
    text[n] = '\0';
    return error_set(error, EIO, "%s", text);
}

/* Forks a daemon and waits until it is ready. */
static int serve_detached(const struct pool_arguments *arguments,
                          struct error *error)
{
    const pid_t parent = getpid();
    int ends[2], status;
    pid_t child;

    if (pipe2(ends, O_CLOEXEC) < 0)
        return error_errno(error, errno, "pipe");
    child = fork();
    if (child < 0)
        return error_errno(error, errno, "fork");
    if (child == 0) {
        /* Nobody would know of it if we were killed before it is ready. */
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent)
            _exit(1);
        setsid();
        drop_streams();
        close(ends[0]);
        status =
            pool_serve(arguments->socket, &arguments->pool, ends[1], error);
        if (status < 0)
            (void)!write(ends[1], error->text, strlen(error->text));
        return status;
    }
    close(ends[1]);
    status = hear(ends[0], error);
    close(ends[0]);
    return status;
}

static int serve(struct pool_arguments *arguments, struct error *error)
{
    _cleanup_free_ char *bundle = NULL;
    int status = 0;

    if (arguments->bundle != NULL)
        status = canonical(arguments->bundle, &bundle, error);
    if (status < 0)
        return status;
    arguments->pool.bundle = bundle;
    jail_option_warn(arguments->pool.no_jail);
    if (arguments->detach)
        return serve_detached(arguments, error);
    return pool_serve(arguments->socket, &arguments->pool, -1, error);
}

static int run(struct pool_arguments *arguments, int *exit_status,
               struct error *error)
{
    _cleanup_free_ char *bundle = NULL;
    struct pool_answer answer;
    int status = canonical(arguments->bundle != NULL ? arguments->bundle : ".",
                           &bundle, error);

    if (status == 0)
        status = pool_run(arguments->socket, bundle, &answer, error);
    if (status == 0)
        *exit_status = answer.exit_status;
    return status;
}

int verb_pool(const struct invocation *invocation, int argc, char **argv,
              int *exit_status, struct error *error)
{
    const struct argp argp = {.options = options,
                              .parser = parse,
                              .children = children,
                              .args_doc = "serve|run|stop SOCKET"};
    struct pool_arguments arguments = {.pool = {.size = POOL_DEFAULT_SIZE}};
    int status = argp_parse(&argp, argc, argv, 0, NULL, &arguments);

    (void)invocation;
    if (status != 0)
        return error_errno(error, status, "command line");
    *exit_status = 0;
    if (strcmp(arguments.action, "serve") == 0)
        return serve(&arguments, error);
    if (strcmp(arguments.action, "run") == 0)
        return run(&arguments, exit_status, error);
    if (strcmp(arguments.action, "stop") == 0)
        return pool_stop(arguments.socket, error);
    return error_set(error, EINVAL,
                     "pool: expected serve, run or stop, got \"%s\"",
                     arguments.action);
}
