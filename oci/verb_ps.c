/* ps [--format table|json] ID: the processes of a container, by their ids on
 * the host. */
#include "oci/cleanup.h"
#include "oci/lifecycle.h"
#include "oci/verbs.h"

static const struct argp_option options[] = {
    {"format", 'f', "FORMAT", 0, "table (default) or json", 0},
    {0},
};

struct ps_arguments {
    const char *id;
    bool json;
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct ps_arguments *arguments = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &arguments->id;
        return 0;
    case 'f':
        arguments->json = verb_parse_format(argument, state);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static void print_table(const json_t *processes)
{
    puts("PID");
    for (size_t i = 0; i < json_array_size(processes); i++)
        printf("%d\n", (int)json_integer_value(json_array_get(processes, i)));
}

int verb_ps(const struct invocation *invocation, int argc, char **argv,
            int *exit_status, struct error *error)
{
    const struct argp_child children[] = {{&verb_id_argp, 0, NULL, 0}, {0}};
    const struct argp argp = {.options = options,
                              .parser = parse,
                              .args_doc = "ID",
                              .children = children};
    struct ps_arguments arguments = {0};
    _cleanup_free_ char *directory = NULL;
    struct record record;
    json_t *processes;
    int status = argp_parse(&argp, argc, argv, 0, NULL, &arguments);

    *exit_status = 0;
    if (status != 0)
        return error_errno(error, status, "command line");
    if (invocation->runtime->processes == NULL)
        return verb_refuse(invocation, "ps", error);
    status =
        lifecycle_look(invocation, arguments.id, &directory, &record, error);
    if (status < 0)
        return status;
    processes = invocation->runtime->processes(&record, error);
    record_release(&record);
    if (processes == NULL)
        return -error->code;
    if (!arguments.json)
        print_table(processes);
    else if (json_dumpf(processes, stdout, JSON_COMPACT) == 0)
        putchar('\n');
    json_decref(processes);
    return 0;
}
