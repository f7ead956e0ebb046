/* Refuses what is not implemented; see unsupported.h. */
#include "container/unsupported.h"

#include "oci/cleanup.h"

#include <string.h>

/* JSON paths of config.json. Implementing one is removing a row. */
static const char *const unsupported_paths[] = {
    "linux.intelRdt",
    "linux.netDevices",
    "vm",
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

static int check_mounts(const json_t *document, struct error *error)
{
    const json_t *mounts = json_object_get(document, "mounts");

    for (size_t i = 0; i < json_array_size(mounts); i++) {
        const json_t *mount = json_array_get(mounts, i);

        if (asks_for_something(json_object_get(mount, "uidMappings")) ||
            asks_for_something(json_object_get(mount, "gidMappings")))
            return error_set(error, ENOTSUP,
                             "config.json: mounts[%zu].uidMappings: not "
                             "supported",
                             i);
    }
    return 0;
}

int unsupported_check(const struct bundle *bundle, struct error *error)
{
    size_t count = sizeof(unsupported_paths) / sizeof(unsupported_paths[0]);

    for (size_t i = 0; i < count; i++) {
        if (asks_for_something(find(bundle->document, unsupported_paths[i])))
            return error_set(error, ENOTSUP, "config.json: %s: not supported",
                             unsupported_paths[i]);
    }
    return check_mounts(bundle->document, error);
}
