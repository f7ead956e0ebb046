/*
 * exec-static [flags] PROGRAM [ARGUMENT...]: a static program as a container,
 * without a bundle. One is made in the state directory, run, and removed.
 */
#include "oci/cleanup.h"
#include "oci/elf.h"
#include "oci/lifecycle.h"
#include "oci/path.h"
#include "oci/verbs.h"

#include <unistd.h>

struct exec_arguments {
    int program_index; /* of argv */
    void *runtime_input;
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct exec_arguments *arguments = state->input;

    (void)argument;
    switch (key) {
    case ARGP_KEY_INIT:
        if (state->root_argp->children[0].argp != NULL)
            state->child_inputs[0] = arguments->runtime_input;
        return 0;
    case ARGP_KEY_ARG: /* what follows the program belongs to it */
        arguments->program_index = state->next - 1;
        state->next = state->argc;
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "a program is missing");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* A bundle of program with the caller's environment and no limits. */
static int make_bundle(char **command, const char *directory,
                       struct bundle *bundle, struct error *error)
{
    const struct bundle_template template = {
        .program = command[0],
        .arguments = command + 1,
        .environment = environ,
        .memory_limit = BUNDLE_UNSET,
        .pids_limit = BUNDLE_UNSET,
        .rootless = geteuid() != 0,
    };
    int status = bundle_create(&template, directory, error);

    if (status == 0)
        status = bundle_load(directory, bundle, error);
    return status;
}

static int run_command(const struct invocation *invocation,
                       struct run_request *request, char **command,
                       int *exit_status, struct error *error)
{
    _cleanup_free_ char *directory =
        path_join(request->state_directory, "bundle");
    struct bundle bundle;
    int status;

    if (directory == NULL)
        return error_errno(error, ENOMEM, "%s", request->state_directory);
    status = make_bundle(command, directory, &bundle, error);
    if (status < 0)
        return status;
    request->bundle = &bundle;
    status = invocation->runtime->run(request, exit_status, error);
    request->bundle = NULL;
    bundle_release(&bundle);
    return status;
}

static const char id_prefix[] = "exec-";

/* The id is unique while we live. */
static int exec_static(const struct invocation *invocation, char **command,
                       int *exit_status, struct error *error)
{
    char id[sizeof(id_prefix) + 3 * sizeof(int)];
    struct run_request request = {.id = id,
                                  .cgroup_manager = invocation->cgroup_manager,
                                  .log = &invocation->log,
                                  .gate = -1,
                                  .attached = true,
                                  .forward_signals = true};
    struct state state;
    int status;

    snprintf(id, sizeof(id), "%s%d", id_prefix, (int)getpid());
    status = elf_check_static(command[0], error);
    if (status == 0)
        status = lifecycle_make_state(invocation, id, &state, error);
    if (status < 0)
        return status;
    state_sweep(&state, id_prefix);
    request.state_directory = state.directory;
    status = run_command(invocation, &request, command, exit_status, error);
    state_remove(&state);
    return status;
}

int verb_exec_static(const struct invocation *invocation, int argc, char **argv,
                     int *exit_status, struct error *error)
{
    struct exec_arguments arguments = {
        .runtime_input = invocation->runtime->options_input,
    };
    const struct argp_child children[] = {
        {invocation->runtime->options, 0, NULL, 0},
        {0},
    };
    const struct argp argp = {
        .parser = parse,
        .args_doc = "PROGRAM [ARGUMENT...]",
        .children = children,
    };
    int status = argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &arguments);

    if (status != 0)
        return error_errno(error, status, "command line");
    return exec_static(invocation, argv + arguments.program_index, exit_status,
                       error);
}
