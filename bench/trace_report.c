/* A trace as a file, from the tracer to whoever ran it; see trace.h. */
#include "bench/function_trace.h"
#include "bench/results_text.h"
#include "bench/trace.h"
#include "bench/words.h"

#include <jansson.h>
#include <string.h>

/* Names are at hand for all calls but those newer than the kernel's header. */
static void call_name(size_t number, char name[TRACE_NAME_SIZE])
{
    if (number == TRACE_OTHER)
        snprintf(name, TRACE_NAME_SIZE, "other");
    else if (trace_call_names[number] != NULL)
        snprintf(name, TRACE_NAME_SIZE, "%s", trace_call_names[number]);
    else
        snprintf(name, TRACE_NAME_SIZE, "syscall_%zu", number);
}

static json_t *calls_to_json(const uint64_t *calls)
{
    json_t *object = json_object();

    for (size_t i = 0; i <= TRACE_CALLS; i++) {
        char name[TRACE_NAME_SIZE];

        if (calls[i] == 0)
            continue;
        call_name(i, name);
        if (json_object_set_new(object, name,
                                json_integer((json_int_t)calls[i])) < 0) {
            json_decref(object);
            return NULL;
        }
    }
    return object;
}

/* Until the ready line if there was one, else to the end. */
static uint64_t counted(const struct trace *trace,
                        const struct trace_counter *counter,
                        enum trace_phase phase)
{
    const uint64_t start = counter->values[TRACE_START],
                   end = counter->values[TRACE_WORK];

    if (!trace->ready)
        return phase == TRACE_START ? end : 0;
    return phase == TRACE_START ? start : end - start;
}

static json_t *counters_to_json(const struct trace *trace,
                                enum trace_phase phase)
{
    json_t *object = json_object();

    for (size_t i = 0; i < trace->counter_count; i++) {
        const struct trace_counter *counter = &trace->counters[i];
        const uint64_t value = counted(trace, counter, phase);

        if (value > 0 &&
            json_object_set_new(object, counter->name,
                                json_integer((json_int_t)value)) < 0) {
            json_decref(object);
            return NULL;
        }
    }
    return object;
}

static int add_functions(json_t *document, const struct function_trace *trace)
{
    const int64_t lost = function_trace_lost(trace);

    return json_object_update_new(
        document,
        json_pack("{s:o, s:o, s:o}", "functions_start",
                  function_trace_to_json(trace, TRACE_START), "functions_work",
                  function_trace_to_json(trace, TRACE_WORK), "functions_lost",
                  lost < 0 ? json_null() : json_integer(lost)));
}

json_t *trace_to_json(const struct trace *trace)
{
    json_t *document =
        json_pack("{s:b, s:I, s:I, s:I, s:o, s:o, s:o, s:o}", "ready",
                  trace->ready, "tasks", (json_int_t)trace->tasks, "vcpus",
                  (json_int_t)trace->vcpus, "blind", (json_int_t)trace->blind,
                  "start", calls_to_json(trace->calls[TRACE_START]), "work",
                  calls_to_json(trace->calls[TRACE_WORK]), "kvm_start",
                  counters_to_json(trace, TRACE_START), "kvm_work",
                  counters_to_json(trace, TRACE_WORK));

    if (document != NULL && trace->functions != NULL &&
        add_functions(document, trace->functions) < 0) {
        json_decref(document);
        return NULL;
    }
    return document;
}

int trace_write(const struct trace *trace, const char *path,
                struct error *error)
{
    _cleanup_free_ char *temporary = text_format("%s.%d", path, (int)getpid());
    json_t *document = trace_to_json(trace);
    int result = 0;

    if (temporary == NULL || document == NULL)
        result = error_set(error, ENOMEM, "out of memory");
    else if (json_dump_file(document, temporary, JSON_COMPACT) < 0 ||
             rename(temporary, path) < 0)
        result = error_errno(error, errno, "%s", path);
    json_decref(document);
    return result;
}

static bool is_counts(const json_t *object)
{
    const char *name;
    json_t *value;

    if (!json_is_object(object))
        return false;
    json_object_foreach((json_t *)object, name, value)
    {
        if (!text_is_name(name, TRACE_NAME_SIZE) || !json_is_integer(value) ||
            json_integer_value(value) < 0)
            return false;
    }
    return true;
}

int trace_load(const char *path, json_t **document, struct error *error)
{
    static const char *const members[] = {"start",           "work",
                                          "kvm_start",       "kvm_work",
                                          "functions_start", "functions_work"};
    const size_t needed = 4;
    json_error_t where;

    *document = json_load_file(path, JSON_REJECT_DUPLICATES, &where);
    if (*document == NULL)
        return error_set(error, EINVAL, "%s: %s", path, where.text);
    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
        const json_t *member = json_object_get(*document, members[i]);

        if (is_counts(member) || (member == NULL && i >= needed))
            continue;
        json_decref(*document);
        *document = NULL;
        return error_set(error, EINVAL, "%s: %s: expected counts by name", path,
                         members[i]);
    }
    return 0;
}
