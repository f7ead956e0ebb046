/* list [--format table|json] [--quiet]: the containers below the root. */
#include "oci/cleanup.h"
#include "oci/lifecycle.h"
#include "oci/path.h"
#include "oci/verbs.h"

#include <string.h>

static const struct argp_option options[] = {
    {"format", 'f', "FORMAT", 0, "table (default) or json", 0},
    {"quiet", 'q', NULL, 0, "Ids alone", 0},
    {0},
};

struct list_arguments {
    bool json, quiet;
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct list_arguments *arguments = state->input;

    switch (key) {
    case 'f':
        arguments->json = verb_parse_format(argument, state);
        return 0;
    case 'q':
        arguments->quiet = true;
        return 0;
    case ARGP_KEY_ARG:
        argp_error(state, "unexpected argument \"%s\"", argument);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* Appends the state of the container in that directory, if there is one. */
static void append_state(const struct runtime *runtime, const char *directory,
                         json_t *states)
{
    struct error ignored = {0};
    struct record record;

    if (record_read(directory, &record, &ignored) < 0)
        return;
    json_array_append_new(
        states,
        record_state(&record, record_status(runtime, directory, &record),
                     record.init.pid));
    record_release(&record);
}

/* The states of all containers, sorted by id; a root that is not there has
 * none. The caller owns the array. */
static json_t *collect_states(const struct runtime *runtime, const char *root)
{
    json_t *states = json_array();
    struct dirent **entries = NULL;
    int count = scandir(root, &entries, NULL, alphasort);

    for (int i = 0; i < count; i++) {
        _cleanup_free_ struct dirent *entry = entries[i];
        _cleanup_free_ char *path = path_join(root, entry->d_name);

        if (path != NULL && entry->d_name[0] != '.')
            append_state(runtime, path, states);
    }
    free(entries);
    return states;
}

static const char *text_of(const json_t *state, const char *key)
{
    return json_string_value(json_object_get(state, key));
}

static void print_table(const json_t *states)
{
    printf("%-24s %-9s %-9s %-40s %-32s %s\n", "ID", "PID", "STATUS", "BUNDLE",
           "CREATED", "OWNER");
    for (size_t i = 0; i < json_array_size(states); i++) {
        const json_t *state = json_array_get(states, i);

        printf("%-24s %-9d %-9s %-40s %-32s %s\n", text_of(state, "id"),
               (int)json_integer_value(json_object_get(state, "pid")),
               text_of(state, "status"), text_of(state, "bundle"),
               text_of(state, "created"), text_of(state, "owner"));
    }
}

static void print_ids(const json_t *states)
{
    for (size_t i = 0; i < json_array_size(states); i++)
        puts(text_of(json_array_get(states, i), "id"));
}

int verb_list(const struct invocation *invocation, int argc, char **argv,
              int *exit_status, struct error *error)
{
    const struct argp argp = {.options = options, .parser = parse};
    struct list_arguments arguments = {0};
    _cleanup_free_ char *root = NULL;
    json_t *states;
    int status = argp_parse(&argp, argc, argv, 0, NULL, &arguments);

    if (status != 0)
        return error_errno(error, status, "command line");
    status = lifecycle_root(invocation, &root, error);
    if (status < 0)
        return status;
    states = collect_states(invocation->runtime, root);
    if (states == NULL)
        return error_errno(error, ENOMEM, "list");
    if (arguments.quiet)
        print_ids(states);
    else if (arguments.json && json_dumpf(states, stdout, JSON_COMPACT) == 0)
        putchar('\n');
    else if (!arguments.json)
        print_table(states);
    json_decref(states);
    *exit_status = 0;
    return 0;
}
