/* pause ID, resume ID: stop every process of a container, let them go on. */
#include "oci/lifecycle.h"
#include "oci/verbs.h"

static int change(const struct invocation *invocation,
                  const struct subject *subject, bool pause,
                  struct error *error)
{
    const struct runtime *runtime = invocation->runtime;
    const struct record *record = &subject->record;
    enum container_status status =
        record_status(runtime, subject->state.directory, record);
    int result;

    if (pause ? status != STATUS_RUNNING && status != STATUS_CREATED
              : status != STATUS_PAUSED)
        return error_set(error, EINVAL,
                         "container \"%s\" cannot be %s: it is %s", record->id,
                         pause ? "paused" : "resumed",
                         container_status_name(status));
    result = runtime->pause(record, pause, error);
    return result == 0 ? record_rewrite(subject->state.directory, record, error)
                       : result;
}

static int pause_or_resume(const struct invocation *invocation, int argc,
                           char **argv, bool pause, struct error *error)
{
    struct subject subject;
    const char *id = NULL;
    int status = verb_parse_id(argc, argv, &id, error);

    if (status == 0 && invocation->runtime->pause == NULL)
        return verb_refuse(invocation, pause ? "pause" : "resume", error);
    if (status == 0)
        status = lifecycle_find(invocation, id, &subject, error);
    if (status < 0)
        return status;
    status = change(invocation, &subject, pause, error);
    lifecycle_release(&subject);
    return status;
}

int verb_pause(const struct invocation *invocation, int argc, char **argv,
               int *exit_status, struct error *error)
{
    *exit_status = 0;
    return pause_or_resume(invocation, argc, argv, true, error);
}

int verb_resume(const struct invocation *invocation, int argc, char **argv,
                int *exit_status, struct error *error)
{
    *exit_status = 0;
    return pause_or_resume(invocation, argc, argv, false, error);
}
