/* Refuses what is not implemented; see unsupported.h. */
#include "container/unsupported.h"

#include "oci/cleanup.h"

#include <string.h>

/* JSON paths of config.json, and why. */
static const struct {
    const char *path, *reason;
} unsupported[] = {
    {"linux.netDevices", "not supported: network devices are moved by the "
                         "engine, not by this runtime"},
    {"vm", "not supported: this runtime makes no virtual machines"},
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

/* The value at "a.b.c"; NULL when there is none. */
static const json_t *find(const json_t *value, const char *path)
{
    char key[64];

    while (value != NULL && *path != '\0') {
        size_t length = strcspn(path, ".");

        memcpy(key, path, length);
        key[length] = '\0';
        value = json_object_get(value, key);
        path += length + (path[length] == '.');
    }
    return value;
}

int unsupported_check(const struct bundle *bundle, struct error *error)
{
    for (size_t i = 0; i < sizeof(unsupported) / sizeof(unsupported[0]); i++) {
        if (asks_for_something(find(bundle->document, unsupported[i].path)))
            return error_set(error, ENOTSUP, "config.json: %s: %s",
                             unsupported[i].path, unsupported[i].reason);
    }
    return 0;
}
