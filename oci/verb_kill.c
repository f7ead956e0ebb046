/* kill [--all] ID [SIGNAL]: sends the container's first process a signal. */
#include "oci/lifecycle.h"
#include "oci/signal_name.h"
#include "oci/verbs.h"

#include <signal.h>

static const struct argp_option options[] = {
    {"all", 'a', NULL, 0, "Send it to every process of the container", 0},
    {0},
};

struct kill_arguments {
    const char *id;
    int number;
    bool all;
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct kill_arguments *arguments = state->input;

    switch (key) {
    case 'a':
        arguments->all = true;
        return 0;
    case ARGP_KEY_ARG:
        if (state->arg_num == 0) {
            arguments->id = argument;
        } else if (state->arg_num == 1) {
            arguments->number = signal_number(argument);
            if (arguments->number == 0)
                argp_failure(state, RUNTIME_EXIT_FAILURE, 0,
                             "\"%s\" is no signal; a number or a name such as "
                             "TERM is expected",
                             argument);
        } else {
            argp_error(state, "an id and a signal expected, got \"%s\" too",
                       argument);
        }
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "a container id is missing");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* "container not running" are words that engines look for. */
static int send_signal(const struct invocation *invocation,
                       const struct kill_arguments *arguments,
                       const struct record *record, struct error *error)
{
    int status;

    if (arguments->all && invocation->runtime->signal_all != NULL)
        return invocation->runtime->signal_all(record, arguments->number,
                                               error);
    status = process_signal(&record->init, arguments->number);
    if (status == -ESRCH)
        return error_set(error, ESRCH, "container not running: \"%s\"",
                         arguments->id);
    if (status < 0)
        return error_errno(error, -status, "container \"%s\": cannot signal it",
                           arguments->id);
    return 0;
}

int verb_kill(const struct invocation *invocation, int argc, char **argv,
              int *exit_status, struct error *error)
{
    const struct argp argp = {
        .options = options, .parser = parse, .args_doc = "ID [SIGNAL]"};
    struct kill_arguments arguments = {.number = SIGTERM};
    struct subject subject;
    int status = argp_parse(&argp, argc, argv, 0, NULL, &arguments);

    if (status != 0)
        return error_errno(error, status, "command line");
    status = lifecycle_find(invocation, arguments.id, &subject, error);
    if (status < 0)
        return status;
    status = send_signal(invocation, &arguments, &subject.record, error);
    lifecycle_release(&subject);
    *exit_status = 0;
    return status;
}
