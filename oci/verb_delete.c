/*
 * delete [--force] ID: removes a container that has ended, or that was never
 * started; with --force one that runs as well, or that is gone already.
 */
#include "oci/lifecycle.h"
#include "oci/verbs.h"

static const struct argp_option options[] = {
    {"force", 'f', NULL, 0, "End it first if it runs; absent is fine", 0},
    {0},
};

struct delete_arguments {
    const char *id;
    bool force;
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct delete_arguments *arguments = state->input;

    (void)argument;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &arguments->id;
        return 0;
    case 'f':
        arguments->force = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static int end_if_allowed(const struct invocation *invocation, bool force,
                          const struct subject *subject, struct error *error)
{
    const struct record *record = &subject->record;
    enum container_status status =
        record_status(invocation->runtime, subject->state.directory, record);

    if (status == STATUS_STOPPED)
        return 0;
    if (!force && status != STATUS_CREATED)
        return error_set(error, EBUSY,
                         "container \"%s\" is %s; end it first, or use "
                         "--force",
                         record->id, container_status_name(status));
    return lifecycle_end(invocation->runtime, record, error);
}

int verb_delete(const struct invocation *invocation, int argc, char **argv,
                int *exit_status, struct error *error)
{
    const struct argp_child children[] = {{&verb_id_argp, 0, NULL, 0}, {0}};
    const struct argp argp = {.options = options,
                              .parser = parse,
                              .args_doc = "ID",
                              .children = children};
    struct delete_arguments arguments = {0};
    struct subject subject;
    int status = argp_parse(&argp, argc, argv, 0, NULL, &arguments);

    *exit_status = 0;
    if (status != 0)
        return error_errno(error, status, "command line");
    status = lifecycle_find(invocation, arguments.id, &subject, error);
    if (status == -ENOENT && arguments.force)
        return 0;
    if (status < 0)
        return status;
    status = end_if_allowed(invocation, arguments.force, &subject, error);
    if (status < 0)
        lifecycle_release(&subject);
    else
        lifecycle_delete(invocation, &subject);
    return status;
}
