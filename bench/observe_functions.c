/*
 * The functions of the host's kernel that a platform's processes reach, in a
 * run of its own: the tracer of system calls would reach functions itself. See
 * observe.h.
 */
#include "bench/function_trace.h"
#include "bench/observe.h"

#include <errno.h>

static void cannot(struct observed_functions *functions, const char *format,
                   const char *detail)
{
    functions->start = functions->work = RESULT_ABSENT;
    snprintf(functions->why, sizeof(functions->why), format, detail);
}

static int64_t kinds(const json_t *report, const char *member)
{
    return (int64_t)json_object_size(json_object_get(report, member));
}

/* A program that writes no ready line is all of it at work. */
static void take_report(const json_t *report,
                        struct observed_functions *functions)
{
    const json_t *lost = json_object_get(report, "functions_lost");

    if (!json_is_integer(lost)) {
        cannot(functions, "the tracer's buffer %s", "could not be read whole");
    } else if (json_integer_value(lost) > 0) {
        cannot(functions, "the tracer's buffer %s",
               "had no room for all calls: some may have been missed");
    } else if (json_is_true(json_object_get(report, "ready"))) {
        functions->start = kinds(report, "functions_start");
        functions->work = kinds(report, "functions_work");
    } else {
        functions->work = kinds(report, "functions_start");
    }
}

int observe_functions(const struct observed *observed,
                      struct observed_functions *functions, struct error *error)
{
    struct error unavailable = {0};
    struct traced_run run;
    int result;

    *functions = (struct observed_functions){RESULT_ABSENT, RESULT_ABSENT, ""};
    if (function_trace_check(&unavailable) < 0) {
        cannot(functions, "%s", unavailable.text);
        return 0;
    }
    result = traced_run(observed, TRACED_FUNCTIONS, &run, error);
    if (result == 0 && observed->experiment->record->run.failure != NULL)
        cannot(functions, "under the tracer: %s",
               observed->experiment->record->run.failure);
    else if (result == 0 && run.report == NULL)
        cannot(functions, "the tracer %s", "told nothing");
    else if (result == 0)
        take_report(run.report, functions);
    traced_run_release(&run);
    function_trace_sweep(); /* an instance that idled ended the tracer, too */
    return result;
}
