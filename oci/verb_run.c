/*
 * create and run [--bundle DIR] [flags] ID: the container of a bundle, made to
 * wait for `start`, or run to its end; with --detach, left to itself.
 * With --image REF instead, the bundle is made of an image.
 * Source: the flags that runc's command line has and engines pass.
 */
#include "oci/cleanup.h"
#include "oci/hooks.h"
#include "oci/image_run.h"
#include "oci/lifecycle.h"
#include "oci/path.h"
#include "oci/service.h"
#include "oci/verbs.h"

enum {
    OPTION_PID_FILE = 256,
    OPTION_PRESERVE_FDS,
    OPTION_CONSOLE_SOCKET,
    OPTION_NO_NEW_KEYRING,
    OPTION_NO_PIVOT,
};

/* create has all but the first. */
static const struct argp_option run_options[] = {
    {"detach", 'd', NULL, 0, "Leave the container to itself once it runs", 0},
    {"bundle", 'b', "DIR", 0, "The bundle (default: the current directory)", 0},
    {"pid-file", OPTION_PID_FILE, "FILE", 0,
     "Write the container's process id to FILE", 0},
    {"preserve-fds", OPTION_PRESERVE_FDS, "N", 0,
     "Pass N descriptors after the standard ones on", 0},
    {"console-socket", OPTION_CONSOLE_SOCKET, "PATH", 0,
     "Send the terminal's descriptor to the socket at PATH", 0},
    {"no-new-keyring", OPTION_NO_NEW_KEYRING, NULL, 0,
     "Leave it the caller's session keyring", 0},
    {"no-pivot", OPTION_NO_PIVOT, NULL, 0,
     "Refused: a changed root can be left", 0},
    {0},
};

struct run_arguments {
    const char *bundle;
    struct image_options image;
    char own_id[IMAGE_RUN_ID_SIZE]; /* where the user gives none */
    bool own_id_will_do;            /* nobody needs to know it later */
    struct bundle *loaded;          /* what request.bundle is */
    struct run_request request;
    bool detach;
    void *runtime_input;
    bool service; /* it may tell a service manager that it is ready */
};

/* A container of an image that ends with us needs no name of the user's. */
static error_t name_container(struct run_arguments *arguments)
{
    if (arguments->image.reference == NULL || !arguments->own_id_will_do ||
        arguments->detach || arguments->request.id != NULL)
        return 0;
    image_run_name(arguments->own_id);
    arguments->request.id = arguments->own_id;
    return 0;
}

/* What stands behind "--" is for the image's program. */
static error_t parse_argument(struct run_arguments *arguments,
                              struct argp_state *state)
{
    int index = state->next - 1;

    if (arguments->image.reference == NULL || state->quoted == 0 ||
        index < state->quoted)
        return ARGP_ERR_UNKNOWN;
    arguments->image.overrides.arguments = state->argv + index;
    state->next = state->argc;
    return name_container(arguments);
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct run_arguments *arguments = state->input;
    struct run_request *request = &arguments->request;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &request->id;
        state->child_inputs[1] = &arguments->image;
        if (state->root_argp->children[2].argp != NULL)
            state->child_inputs[2] = arguments->runtime_input;
        return 0;
    case ARGP_KEY_ARG:
        return parse_argument(arguments, state);
    case ARGP_KEY_NO_ARGS:
        return name_container(arguments);
    case 'b':
        arguments->bundle = argument;
        return 0;
    case 'd':
        arguments->detach = true;
        return 0;
    case OPTION_PID_FILE:
        request->pid_file = argument;
        return 0;
    case OPTION_PRESERVE_FDS:
        request->preserve_fds = verb_parse_preserve_fds(argument, state);
        return 0;
    case OPTION_CONSOLE_SOCKET:
        request->console_socket = argument;
        return 0;
    case OPTION_NO_NEW_KEYRING:
        request->keep_keyring = true;
        return 0;
    case OPTION_NO_PIVOT:
        argp_failure(state, RUNTIME_EXIT_FAILURE, 0,
                     "--no-pivot: not supported: a process can leave a root "
                     "that was not pivoted to");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* A console socket is for a terminal, and a terminal needs one who has it. */
static int check_console(const struct run_request *request, bool detached,
                         struct error *error)
{
    bool terminal = request->bundle->process.terminal;

    if (terminal && detached && request->console_socket == NULL)
        return error_set(error, EINVAL,
                         "config.json: process.terminal: needs "
                         "--console-socket in a container that is left to "
                         "itself");
    if (!terminal && request->console_socket != NULL)
        return error_set(error, EINVAL,
                         "--console-socket: config.json asks for no terminal "
                         "(process.terminal)");
    return 0;
}

/* Once there is a state directory. */
static int prepare(struct run_request *request, struct error *error)
{
    struct run_arguments *arguments = request->prepare_input;
    struct bundle *bundle = arguments->loaded;
    int status = 0;

    if (arguments->image.reference != NULL)
        status = image_run_make_bundle(&arguments->image,
                                       request->state_directory, bundle, error);
    if (status == 0)
        status = service_pass_listening(request, bundle, error);
    if (status == 0 && arguments->service)
        status = service_offer_notify(request, bundle, error);
    return status;
}

static int get_bundle(struct run_arguments *arguments, struct error *error)
{
    struct run_request *request = &arguments->request;

    request->bundle = arguments->loaded;
    request->prepare = prepare;
    request->prepare_input = arguments;
    return arguments->image.reference != NULL
               ? 0
               : bundle_load(arguments->bundle, arguments->loaded, error);
}

static int parse_command_line(const struct invocation *invocation,
                              const struct argp_option *options, int argc,
                              char **argv, struct run_arguments *arguments,
                              struct bundle *bundle, struct error *error)
{
    const struct argp_child children[] = {
        {&verb_id_argp, 0, NULL, 0},
        {&image_options_argp, 0, NULL, 0},
        {invocation->runtime->options, 0, NULL, 0},
        {0},
    };
    const struct argp argp = {
        .options = options,
        .parser = parse,
        .args_doc = "ID\n--image REFERENCE [ID] [-- ARGUMENT...]",
        .children = children,
    };
    int status;

    *bundle = (struct bundle){0};
    *arguments = (struct run_arguments){
        .bundle = ".",
        .own_id_will_do = options == run_options,
        .loaded = bundle,
        .service = invocation->runtime->has_notify,
        .runtime_input = invocation->runtime->options_input,
        .request = {.gate = -1,
                    .log = &invocation->log,
                    .cgroup_manager = invocation->cgroup_manager},
    };
    /* In order, to tell what stands behind "--". */
    status = argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, arguments);
    if (status != 0)
        return error_errno(error, status, "command line");
    status = state_check_id(arguments->request.id, error);
    if (status == 0)
        status = get_bundle(arguments, error);
    if (status < 0)
        image_options_release(&arguments->image);
    return status;
}

static void release(struct run_arguments *arguments)
{
    bundle_release(arguments->loaded);
    image_options_release(&arguments->image);
}

static int create(const struct invocation *invocation,
                  struct run_request *request, struct error *error)
{
    int status = check_console(request, true, error);

    if (status == 0)
        status = hooks_check(request->bundle->document, error);
    return status == 0 ? lifecycle_create(invocation, request, error) : status;
}

static int run_prepared(const struct invocation *invocation,
                        struct run_request *request, int *exit_status,
                        struct error *error)
{
    _cleanup_free_ char *config =
        path_join(request->bundle->directory, "config.json");
    struct service_relay relay;
    int status, socket;

    if (config == NULL)
        return error_errno(error, ENOMEM, "config.json");
    request->config = config;
    status = service_listen(request->state_directory, &socket, error);
    if (status < 0)
        return status;
    status = service_relay_start(socket, &relay, error);
    if (status == 0)
        status = invocation->runtime->run(request, exit_status, error);
    service_relay_end(&relay);
    request->config = NULL;
    return status;
}

static int run_attached(const struct invocation *invocation,
                        struct run_request *request, int *exit_status,
                        struct error *error)
{
    struct state state;
    int status = check_console(request, false, error);

    if (status == 0)
        status = hooks_check(request->bundle->document, error);
    if (status == 0)
        status = lifecycle_make_state(invocation, request->id, &state, error);
    if (status < 0)
        return status;
    request->state = &state;
    request->state_directory = state.directory;
    request->attached = true;
    request->forward_signals = true;
    log_write(&invocation->log, "debug", "run %s: state directory %s",
              request->id, state.directory);
    status = lifecycle_prepare(request, error);
    if (status == 0)
        status = run_prepared(invocation, request, exit_status, error);
    if (lifecycle_reclaim(request)) {
        lifecycle_run_late_hooks(request, "poststop", STATUS_STOPPED, 0);
        state_remove(&state);
    } else {
        state_close(&state);
    }
    return status;
}

/* Starts what `create` has made; what cannot be started is not left. */
static int run_detached(const struct invocation *invocation,
                        struct run_request *request, struct error *error)
{
    struct error ignored = {0};
    struct subject subject;
    int status = create(invocation, request, error);

    if (status == 0)
        status = lifecycle_find(invocation, request->id, &subject, error);
    if (status < 0)
        return status;
    status = lifecycle_start(invocation, &subject, error);
    if (status == 0) {
        lifecycle_release(&subject);
        return 0;
    }
    (void)lifecycle_end(invocation->runtime, &subject.record, &ignored);
    lifecycle_delete(invocation, &subject);
    return status;
}

int verb_create(const struct invocation *invocation, int argc, char **argv,
                int *exit_status, struct error *error)
{
    struct run_arguments arguments;
    struct bundle bundle;
    int status = parse_command_line(invocation, run_options + 1, argc, argv,
                                    &arguments, &bundle, error);

    if (status < 0)
        return status;
    status = create(invocation, &arguments.request, error);
    release(&arguments);
    *exit_status = 0;
    return status;
}

int verb_run(const struct invocation *invocation, int argc, char **argv,
             int *exit_status, struct error *error)
{
    struct run_arguments arguments;
    struct bundle bundle;
    int status = parse_command_line(invocation, run_options, argc, argv,
                                    &arguments, &bundle, error);

    if (status < 0)
        return status;
    *exit_status = 0;
    if (arguments.image.reference != NULL)
        image_run_sweep(invocation);
    status =
        arguments.detach
            ? run_detached(invocation, &arguments.request, error)
            : run_attached(invocation, &arguments.request, exit_status, error);
    release(&arguments);
    return status;
}
