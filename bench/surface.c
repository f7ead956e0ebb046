/* Lines of surface.jsonl; see surface.h. */
#include "bench/surface.h"

#include "bench/results.h"
#include "bench/results_fields.h"
#include "bench/results_text.h"

#include <errno.h>
#include <string.h>

#define SURFACE(member) offsetof(struct surface, member)

static const char *const types[] = {"surface", NULL};

static const struct field fields[] = {
    {"platform", FIELD_NAME, false, SURFACE(platform), NULL},
    {"workload", FIELD_NAME, false, SURFACE(workload), NULL},
    {"kernel_functions", FIELD_INTEGER, true, SURFACE(kernel_functions), NULL},
    {"start_kernel_functions", FIELD_INTEGER, true,
     SURFACE(start_kernel_functions), NULL},
    {"kernel_functions_why", FIELD_TEXT, true, SURFACE(kernel_functions_why),
     NULL},
    {"why", FIELD_TEXT, true, SURFACE(why), NULL},
};

/* Counts by name; null or missing is not known. */
static int decode_calls(const json_t *line, const char *key,
                        struct surface_calls *calls, struct error *error)
{
    json_t *object = json_object_get(line, key), *value;
    const char *name;

    *calls = (struct surface_calls){RESULT_ABSENT, RESULT_ABSENT};
    if (object == NULL || json_is_null(object))
        return 0;
    if (!json_is_object(object))
        return fields_unexpected(error, "", key, "an object or null", object);
    *calls = (struct surface_calls){0, 0};
    json_object_foreach(object, name, value)
    {
        if (!text_is_name(name, RESULT_MAX_NAME) || !json_is_integer(value) ||
            json_integer_value(value) < 0 ||
            __builtin_add_overflow(calls->total, json_integer_value(value),
                                   &calls->total))
            return error_set(error, EINVAL,
                             "%s: expected counts by the names of calls", key);
        calls->distinct++;
    }
    return 0;
}

int surface_decode(const json_t *line, struct surface *surface,
                   struct error *error)
{
    static const struct field type = {"type", FIELD_CHOICE, false, 0, types};
    const char *ignored;
    int result = fields_decode(line, "", &type, 1, &ignored, error);

    *surface = (struct surface){.kernel_functions = RESULT_ABSENT,
                                .start_kernel_functions = RESULT_ABSENT};
    if (result == 0)
        result = fields_decode(line, "", fields, FIELD_TABLE_SIZE(fields),
                               surface, error);
    if (result == 0)
        result =
            decode_calls(line, "start_system_calls", &surface->start, error);
    return result == 0
               ? decode_calls(line, "system_calls", &surface->work, error)
               : result;
}
