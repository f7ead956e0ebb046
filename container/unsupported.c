/* Refuses what is not implemented; see unsupported.h. */
#include "container/unsupported.h"

#include <errno.h>

/* Members of config.json, or of an object in it, and why. */
static const struct {
    const char *object, *member, *reason;
} unsupported[] = {
    {"linux", "netDevices",
     "not supported: network devices are moved by the engine, not by this "
     "runtime"},
    {NULL, "vm", "not supported: this runtime makes no virtual machines"},
};

static bool asks_for_something(const json_t *value)
{
    switch (value != NULL ? json_typeof(value) : JSON_NULL) {
    case JSON_OBJECT:
        return json_object_size(value) > 0;
    case JSON_ARRAY:
        return json_array_size(value) > 0;
    case JSON_STRING:
        return json_string_length(value) > 0;
    case JSON_INTEGER:
        return json_integer_value(value) != 0;
    case JSON_REAL:
    case JSON_TRUE:
        return true;
    default:
        return false;
    }
}

int unsupported_check(const struct bundle *bundle, struct error *error)
{
    for (size_t i = 0; i < sizeof(unsupported) / sizeof(unsupported[0]); i++) {
        const char *name = unsupported[i].object;
        const json_t *object = bundle->document;

        if (name != NULL)
            object = json_object_get(object, name);
        if (asks_for_something(json_object_get(object, unsupported[i].member)))
            return error_set(error, ENOTSUP, "config.json: %s%s%s: %s",
                             name != NULL ? name : "", name != NULL ? "." : "",
                             unsupported[i].member, unsupported[i].reason);
    }
    return 0;
}
