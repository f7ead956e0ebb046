/* What a platform needs: the objects of `needs`; see platform.h. */
#include "bench/platform_internal.h"

#include "bench/words.h"

#include <string.h>

static int read_need_kind(const struct value *value, const char *kind,
                          struct platform_need *need)
{
    bool root = false;
    int result;

    if (strcmp(kind, "program") == 0) {
        need->kind = NEED_PROGRAM;
        return platform_read_text(value, &need->name);
    }
    if (strcmp(kind, "file") == 0) {
        need->kind = NEED_FILE;
        return platform_read_text(value, &need->name);
    }
    if (strcmp(kind, "probe") == 0) {
        need->kind = NEED_PROBE;
        return platform_read_command(value, &need->probe, PLACEHOLDERS_PROBE);
    }
    need->kind = NEED_ROOT;
    result = platform_read_flag(value, &root);
    return result == 0 && !root ? platform_expected(value, "true") : result;
}

/* One key of a need; *kinds counts those that say what is needed. */
static int read_need_key(const struct value *value, const char *key,
                         struct platform_need *need, int *kinds)
{
    static char *const names[] = {"program", "file", "root", "probe", NULL};

    if (strcmp(key, "remedy") == 0)
        return platform_read_text(value, &need->remedy);
    if (strcmp(key, "seconds") == 0) {
        json_int_t seconds = json_integer_value(value->json);

        if (!json_is_integer(value->json) || seconds < 1 ||
            seconds > PLATFORM_PROBE_SECONDS_MAX)
            return platform_expected(value, "1 to 60");
        need->seconds = (int)seconds;
        return 0;
    }
    if (!words_contain(names, key) || ++*kinds > 1)
        return error_set(value->error, EINVAL,
                         "%s: %s: expected one of program, file, root, probe; "
                         "with remedy and seconds",
                         value->path, value->key);
    return read_need_kind(value, key, need);
}

static int read_need(const struct value *parent, size_t index, json_t *object,
                     struct platform_need *need)
{
    int kinds = 0;
    const char *key;
    json_t *json;

    need->seconds = PLATFORM_PROBE_SECONDS;
    json_object_foreach(object, key, json)
    {
        _cleanup_free_ char *name = text_format("needs[%zu].%.40s", index, key);
        struct value value = {parent->path, name, json, parent->error};
        int result;

        if (name == NULL)
            return platform_no_memory(parent->error);
        result = read_need_key(&value, key, need, &kinds);
        if (result < 0)
            return result;
    }
    if (kinds == 1)
        return 0;
    return error_set(parent->error, EINVAL,
                     "%s: needs[%zu]: expected an object with one of program, "
                     "file, root, probe",
                     parent->path, index);
}

int platform_read_needs(const struct value *value, void *field)
{
    struct platform *platform = field;
    json_t *item;
    size_t i;

    if (!json_is_array(value->json) ||
        json_array_size(value->json) > PLATFORM_MAX_NEEDS)
        return platform_expected(value, "an array of at most 16 objects");
    json_array_foreach(value->json, i, item)
    {
        int result;

        /* Counted first, so that what it holds is released after an error. */
        platform->need_count++;
        result = read_need(value, i, item, &platform->needs[i]);
        if (result < 0)
            return result;
    }
    return 0;
}
