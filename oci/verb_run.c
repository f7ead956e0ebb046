/*
 * run [--bundle DIR] [flags] ID: the container of a bundle, to its end.
 * Source: the flags that runc's command line has and engines pass.
 */
#include "oci/verbs.h"

#include <limits.h>
#include <stdlib.h>

enum {
    OPTION_PID_FILE = 256,
    OPTION_PRESERVE_FDS,
    OPTION_CONSOLE_SOCKET,
    OPTION_DETACH,
};

static const struct argp_option options[] = {
    {"bundle", 'b', "DIR", 0, "The bundle (default: the current directory)", 0},
    {"pid-file", OPTION_PID_FILE, "FILE", 0,
     "Write the container's process id to FILE", 0},
    {"preserve-fds", OPTION_PRESERVE_FDS, "N", 0,
     "Pass N descriptors after the standard ones on", 0},
    {"console-socket", OPTION_CONSOLE_SOCKET, "PATH", 0,
     "Refused: there are no terminals yet", 0},
    {"detach", OPTION_DETACH, NULL, 0, "Refused: run stays until the end", 0},
    {0},
};

struct run_arguments {
    const char *bundle;
    struct run_request request;
    void *runtime_input;
};

static void parse_preserve_fds(struct run_request *request, const char *text,
                               struct argp_state *state)
{
    /* More than any process may have open. */
    enum { LIMIT = 1 << 20 };
    char *end;
    long count = strtol(text, &end, 10);

    if (end == text || *end != '\0' || count < 0 || count > LIMIT)
        argp_error(state, "--preserve-fds: expected a number, got \"%s\"",
                   text);
    request->preserve_fds = (int)count;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct run_arguments *arguments = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        if (state->root_argp->children[0].argp != NULL)
            state->child_inputs[0] = arguments->runtime_input;
        return 0;
    case 'b':
        arguments->bundle = argument;
        return 0;
    case OPTION_PID_FILE:
        arguments->request.pid_file = argument;
        return 0;
    case OPTION_PRESERVE_FDS:
        parse_preserve_fds(&arguments->request, argument, state);
        return 0;
    case OPTION_CONSOLE_SOCKET:
        argp_failure(state, RUNTIME_EXIT_FAILURE, 0,
                     "--console-socket: terminals are not supported");
        return 0;
    case OPTION_DETACH:
        argp_failure(state, RUNTIME_EXIT_FAILURE, 0,
                     "--detach: not supported; run stays with its container");
        return 0;
    case ARGP_KEY_ARG:
        if (arguments->request.id != NULL)
            argp_error(state, "one container id expected, got \"%s\" too",
                       argument);
        arguments->request.id = argument;
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "a container id is missing");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static int run_bundle(const struct invocation *invocation,
                      struct run_request *request, int *exit_status,
                      struct error *error)
{
    struct state state;
    int status = invocation_make_state(invocation, request->id, &state, error);

    if (status < 0)
        return status;
    request->state_directory = state.directory;
    request->forward_signals = true;
    log_write(&invocation->log, "debug", "run %s: state directory %s",
              request->id, state.directory);
    status = invocation->runtime->run(request, exit_status, error);
    state_remove(&state);
    return status;
}

int verb_run(const struct invocation *invocation, int argc, char **argv,
             int *exit_status, struct error *error)
{
    struct run_arguments arguments = {
        .bundle = ".",
        .runtime_input = invocation->runtime->options_input,
    };
    const struct argp_child children[] = {
        {invocation->runtime->options, 0, NULL, 0},
        {0},
    };
    const struct argp argp = {
        .options = options,
        .parser = parse,
        .args_doc = "ID",
        .children = children,
    };
    struct bundle bundle;
    int status = argp_parse(&argp, argc, argv, 0, NULL, &arguments);

    if (status != 0)
        return error_errno(error, status, "command line");
    status = state_check_id(arguments.request.id, error);
    if (status == 0)
        status = bundle_load(arguments.bundle, &bundle, error);
    if (status < 0)
        return status;
    arguments.request.bundle = &bundle;
    status = run_bundle(invocation, &arguments.request, exit_status, error);
    bundle_release(&bundle);
    return status;
}
