/*
 * Members of summary.json, checked. See record_members.h.
 */
#include "report/record_members.h"

#include <errno.h>
#include <math.h>
#include <stdint.h>

int member_wrong(const struct member_place *place, const char *key,
                 const char *wanted, struct error *error)
{
    if (place->list[0] == '\0')
        return error_set(error, EINVAL, "summary.json: %s: expected %s", key,
                         wanted);
    return error_set(error, EINVAL, "summary.json: %s[%zu].%s: expected %s",
                     place->list, place->index, key, wanted);
}

int member_text(json_t *object, const struct member_place *place,
                const char *key, const char **text, struct error *error)
{
    *text = json_string_value(json_object_get(object, key));
    return *text != NULL ? 0 : member_wrong(place, key, "a string", error);
}

int member_optional_text(json_t *object, const struct member_place *place,
                         const char *key, const char *fallback,
                         const char **text, struct error *error)
{
    json_t *value = json_object_get(object, key);

    *text = fallback;
    if (value == NULL || json_is_null(value))
        return 0;
    return member_text(object, place, key, text, error);
}

int member_number(json_t *object, const struct member_place *place,
                  const char *key, double *number, struct error *error)
{
    json_t *value = json_object_get(object, key);

    *number = json_number_value(value);
    if (!json_is_number(value) || !isfinite(*number) || *number < 0)
        return member_wrong(place, key, "a number that is not negative", error);
    return 0;
}

int member_optional_number(json_t *object, const struct member_place *place,
                           const char *key, double *number, struct error *error)
{
    *number = NAN;
    return member_is_null(object, key)
               ? 0
               : member_number(object, place, key, number, error);
}

int member_count(json_t *object, const struct member_place *place,
                 const char *key, int64_t *count, struct error *error)
{
    json_t *value = json_object_get(object, key);

    *count = json_integer_value(value);
    if (!json_is_integer(value) || *count < 0)
        return member_wrong(place, key, "a count", error);
    return 0;
}

bool member_is_null(json_t *object, const char *key)
{
    json_t *value = json_object_get(object, key);

    return value == NULL || json_is_null(value);
}

int member_list(json_t *object, const char *key, size_t max, json_t **list,
                struct error *error)
{
    const struct member_place top = {.list = ""};
    size_t index;
    json_t *item;

    *list = json_object_get(object, key);
    if (*list == NULL)
        return 0;
    if (!json_is_array(*list) || json_array_size(*list) > max)
        return member_wrong(&top, key, "an array of a reasonable size", error);
    json_array_foreach(*list, index, item)
    {
        if (!json_is_object(item))
            return error_set(error, EINVAL,
                             "summary.json: %s[%zu]: expected an object", key,
                             index);
    }
    return 0;
}
