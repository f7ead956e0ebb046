/* Lines of results.jsonl without what is not drawn; see record_pick.h. */
#include "report/record_pick.h"

#include "oci/cleanup.h"
#include "oci/json_scan.h"

#include <string.h>

/* Members of a run; of those that are objects, all or one. */
static const struct {
    const char *key;
    const char *only; /* NULL: whatever it has */
} picked[] = {
    {"type", NULL},     {"block", NULL},    {"position", NULL},
    {"platform", NULL}, {"workload", NULL}, {"start", NULL},
    {"exit_ns", NULL},  {"failure", NULL},  {"flags", NULL},
    {"memory", "pss"},  {"metrics", NULL},
};
enum { PICKED = sizeof(picked) / sizeof(picked[0]), MAX_DEPTH = 4 };

static json_t *take_value(struct json_scan *scan, const char *only, int depth);

static json_t *take_object(struct json_scan *scan, const char *only, int depth)
{
    json_t *object = json_object();
    char *key;

    for (bool first = true; object != NULL && scan_key(scan, first, &key);
         first = false) {
        if (key == NULL)
            return object;
        if (only != NULL && strcmp(only, key) != 0) {
            if (!scan_skip(scan))
                break;
        } else if (json_object_set_new_nocheck(
                       object, key, take_value(scan, NULL, depth)) < 0) {
            break;
        }
    }
    json_decref(object);
    return NULL;
}

static json_t *take_array(struct json_scan *scan, int depth)
{
    json_t *array = json_array();

    if (scan_token(scan, ']'))
        return array;
    do {
        if (json_array_append_new(array, take_value(scan, NULL, depth)) < 0) {
            json_decref(array);
            return NULL;
        }
    } while (scan_token(scan, ','));
    if (scan_token(scan, ']'))
        return array;
    json_decref(array);
    return NULL;
}

/* The next value; NULL where it is in no simple form, or memory is out. */
static json_t *take_value(struct json_scan *scan, const char *only, int depth)
{
    int64_t integer;
    double number;
    char *text;

    if (depth == MAX_DEPTH)
        return NULL;
    if (scan_string(scan, &text))
        return json_string_nocheck(text);
    if (scan_token(scan, '{'))
        return take_object(scan, only, depth + 1);
    if (scan_token(scan, '['))
        return take_array(scan, depth + 1);
    if (scan_null(scan))
        return json_null();
    if (scan_integer(scan, &integer))
        return json_integer(integer);
    return scan_number(scan, &number) ? json_real(number) : NULL;
}

static bool take_member(struct json_scan *scan, const char *key, json_t *object)
{
    for (size_t i = 0; i < PICKED; i++)
        if (strcmp(picked[i].key, key) == 0)
            return json_object_set_new_nocheck(
                       object, key, take_value(scan, picked[i].only, 0)) == 0;
    return scan_skip(scan);
}

/* The picked members; NULL where the text is in another form. */
static json_t *pick(char *text, size_t length)
{
    struct json_scan scan = {text};
    json_t *object = json_object();
    char *key;

    if (!scan_token(&scan, '{'))
        goto out;
    for (bool first = true; scan_key(&scan, first, &key); first = false) {
        if (key == NULL && scan.at == text + length)
            return object;
        if (key == NULL || !take_member(&scan, key, object))
            break;
    }
out:
    json_decref(object);
    return NULL;
}

json_t *record_pick(const char *line, size_t length)
{
    _cleanup_free_ char *text = malloc(length + 1);
    json_t *object;

    if (length > 0 && line[length - 1] == '\n')
        length--;
    if (text == NULL)
        return NULL;
    memcpy(text, line, length);
    text[length] = '\0';
    object = pick(text, length);
    return object != NULL ? object : json_loadb(line, length, 0, NULL);
}
