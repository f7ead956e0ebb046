/*
 * The attack surface of a platform: which of the host's system calls its
 * processes make, until the program is ready and from then on. See observe.h.
 */
#include "bench/observe.h"

#include <errno.h>

static const char elsewhere[] =
    "the platform works in processes that were there before the run";

static json_t *count(int64_t number)
{
    return number < 0 ? json_null() : json_integer(number);
}

/*
 * A program that writes no ready line is all of it at work. `why` is NULL when
 * the run was good.
 */
static json_t *make_line(const struct observed *observed, const json_t *report,
                         const struct observed_functions *functions,
                         const char *why)
{
    const bool ready = json_is_true(json_object_get(report, "ready"));
    json_t *start = json_object_get(report, "start");
    json_t *work = ready ? json_object_get(report, "work") : start;

    if (why != NULL)
        start = work = NULL;
    return json_pack(
        "{s:s, s:s, s:s, s:O?, s:O?, s:o, s:o, s:s?, s:s?}", "type", "surface",
        "platform", observed->participant->platform->name, "workload",
        observed->workload->name, "system_calls", work, "start_system_calls",
        ready ? start : NULL, "kernel_functions", count(functions->work),
        "start_kernel_functions", count(functions->start),
        "kernel_functions_why",
        functions->why[0] != '\0' ? functions->why : NULL, "why", why);
}

static const char *reason(const struct observed *observed,
                          const struct traced_run *run, char *text, size_t size)
{
    const char *failure = observed->experiment->record->run.failure;

    if (failure != NULL)
        snprintf(text, size, "under the tracer: %s", failure);
    else if (run->report == NULL)
        snprintf(text, size, "the tracer told nothing");
    else
        return NULL;
    return text;
}

/* Nothing is known of what works elsewhere. */
static json_t *make_line_of_elsewhere(const struct observed *observed)
{
    struct observed_functions functions = {RESULT_ABSENT, RESULT_ABSENT, ""};

    snprintf(functions.why, sizeof(functions.why), "%s", elsewhere);
    return make_line(observed, NULL, &functions, elsewhere);
}

int observe_surface(const struct observed *observed, json_t **line,
                    struct error *error)
{
    struct observed_functions functions;
    char text[RESULT_MAX_TEXT];
    struct traced_run run;
    int result;

    if (observed->participant->platform->elsewhere) {
        *line = make_line_of_elsewhere(observed);
        return *line != NULL ? 0 : error_set(error, ENOMEM, "out of memory");
    }
    *line = NULL;
    result = observe_functions(observed, &functions, error);
    if (result < 0)
        return result;
    result = traced_run(observed, TRACED_CALLS, &run, error);
    if (result == 0) {
        *line = make_line(observed, run.report, &functions,
                          reason(observed, &run, text, sizeof(text)));
        if (*line == NULL)
            result = error_set(error, ENOMEM, "out of memory");
    }
    traced_run_release(&run);
    return result;
}
