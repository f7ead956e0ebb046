/* state ID: the container's state as JSON. Source: runtime.md, "State". */
#include "oci/cleanup.h"
#include "oci/lifecycle.h"
#include "oci/verbs.h"

int verb_state(const struct invocation *invocation, int argc, char **argv,
               int *exit_status, struct error *error)
{
    _cleanup_free_ char *directory = NULL, *text = NULL;
    struct record record;
    const char *id = NULL;
    json_t *state;
    int status = verb_parse_id(argc, argv, &id, error);

    if (status == 0)
        status = lifecycle_look(invocation, id, &directory, &record, error);
    if (status < 0)
        return status;
    state = record_state(&record,
                         record_status(invocation->runtime, directory, &record),
                         record.init.pid);
    text = state != NULL ? json_dumps(state, JSON_INDENT(2)) : NULL;
    json_decref(state);
    record_release(&record);
    if (text == NULL)
        return error_errno(error, ENOMEM, "state");
    puts(text);
    *exit_status = 0;
    return 0;
}
