/*
 * From JSON to a checked struct: the one place where the text of a result
 * file is judged, a function for each kind of member.
 */
#include "bench/results_fields.h"

#include "bench/results.h"
#include "bench/results_text.h"
#include "oci/cleanup.h"

#include <math.h>
#include <string.h>

int fields_unexpected(struct error *error, const char *prefix, const char *key,
                      const char *expected, const json_t *value)
{
    _cleanup_free_ char *got = NULL;

    if (value == NULL)
        return error_set(error, EINVAL, "%s%s: expected %s, got nothing",
                         prefix, key, expected);
    got = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_ENSURE_ASCII);
    return error_set(error, EINVAL, "%s%s: expected %s, got %.60s%s", prefix,
                     key, expected, got != NULL ? got : "something else",
                     got != NULL && strlen(got) > 60 ? "..." : "");
}

static bool decode_integer(const json_t *value, const struct field *field,
                           void *member)
{
    (void)field;
    if (!json_is_integer(value) || json_integer_value(value) < 0)
        return false;
    *(int64_t *)member = json_integer_value(value);
    return true;
}

static bool decode_number(const json_t *value, const struct field *field,
                          void *member)
{
    double number = json_number_value(value);

    (void)field;
    if (!json_is_number(value) || !isfinite(number) || number < 0)
        return false;
    *(double *)member = number;
    return true;
}

static bool decode_boolean(const json_t *value, const struct field *field,
                           void *member)
{
    (void)field;
    if (!json_is_boolean(value))
        return false;
    *(bool *)member = json_is_true(value);
    return true;
}

/* The check that goes with a kind of string. */
static bool string_is_fit(const char *string, const struct field *field)
{
    switch (field->kind) {
    case FIELD_NAME:
        return text_is_name(string, RESULT_MAX_NAME);
    case FIELD_TIME:
        return text_is_time(string);
    case FIELD_HEX:
        return text_is_hex(string, 2 * RESULT_MAX_NAME);
    case FIELD_PATH:
        return text_is_line(string, RESULT_MAX_ARGUMENT);
    case FIELD_CHOICE:
        for (const char *const *choice = field->choices; *choice != NULL;
             choice++)
            if (strcmp(string, *choice) == 0)
                return true;
        return false;
    default:
        return text_is_line(string, RESULT_MAX_TEXT);
    }
}

static bool decode_string(const json_t *value, const struct field *field,
                          void *member)
{
    const char *string = json_string_value(value);

    if (string == NULL || !string_is_fit(string, field))
        return false;
    *(const char **)member = string;
    return true;
}

/* Out of memory looks like a bad list here; it ends the reading either way. */
static bool decode_list(const json_t *value, const struct field *field,
                        void *member)
{
    size_t count = json_array_size(value);
    const char **list;

    if (!json_is_array(value) || count > RESULT_MAX_LIST)
        return false;
    list = calloc(count + 1, sizeof(*list));
    if (list == NULL)
        return false;
    *(const char *const **)member = list;
    for (size_t i = 0; i < count; i++) {
        const char *string = json_string_value(json_array_get(value, i));

        if (string == NULL)
            return false;
        if (field->kind == FIELD_WORDS ? strlen(string) > RESULT_MAX_ARGUMENT
                                       : !text_is_line(string, RESULT_MAX_TEXT))
            return false;
        list[i] = string;
    }
    return true;
}

/* What each kind of member must be, and the function that takes it in. */
static const struct {
    const char *expected;
    bool (*decode)(const json_t *value, const struct field *field,
                   void *member);
} kinds[] = {
    [FIELD_INTEGER] = {"an integer of 0 or more", decode_integer},
    [FIELD_NUMBER] = {"a number of 0 or more", decode_number},
    [FIELD_BOOLEAN] = {"true or false", decode_boolean},
    [FIELD_NAME] = {"a name of letters, digits and .+_-", decode_string},
    [FIELD_TEXT] = {"one line of text of at most 1024 bytes", decode_string},
    [FIELD_PATH] = {"a path of at most 4096 bytes", decode_string},
    [FIELD_TIME] = {"a UTC time such as 2026-01-31T23:59:59Z", decode_string},
    [FIELD_HEX] = {"lower-case hexadecimal digits", decode_string},
    [FIELD_CHOICE] = {"one of the words of the format", decode_string},
    [FIELD_TEXTS] = {"a list of at most 256 lines of text", decode_list},
    [FIELD_WORDS] = {"a list of at most 256 arguments", decode_list},
};

static void *member_of(const void *record, const struct field *field)
{
    return (char *)record + field->offset;
}

static void set_absent(const struct field *field, void *member)
{
    if (field->kind == FIELD_INTEGER)
        *(int64_t *)member = RESULT_ABSENT;
    else if (field->kind == FIELD_NUMBER)
        *(double *)member = (double)RESULT_ABSENT;
}

void fields_set_absent(const struct field *fields, size_t count, void *record)
{
    for (size_t i = 0; i < count; i++)
        set_absent(&fields[i], member_of(record, &fields[i]));
}

bool field_scan(struct json_scan *scan, const struct field *field, void *record)
{
    void *member = member_of(record, field);
    char *string;

    if (field->optional && scan_null(scan)) {
        set_absent(field, member);
        return true;
    }
    switch (field->kind) {
    case FIELD_INTEGER:
        return scan_integer(scan, member);
    case FIELD_NUMBER:
        return scan_number(scan, member) && isfinite(*(double *)member);
    case FIELD_BOOLEAN:
    case FIELD_TEXTS:
    case FIELD_WORDS:
        return false;
    default:
        if (!scan_string(scan, &string) || !string_is_fit(string, field))
            return false;
        *(const char **)member = string;
        return true;
    }
}

const struct field *field_find(const struct field *fields, size_t count,
                               const char *key, size_t *next)
{
    for (size_t tried = 0; tried < count; tried++) {
        const struct field *field = &fields[*next % count];

        ++*next;
        /* Most are not it, as their first letter tells without a call. */
        if (field->key[0] == key[0] && strcmp(field->key, key) == 0)
            return field;
    }
    return NULL;
}

/* Have all members come that must? */
static bool has_required(const struct field *fields, size_t count,
                         unsigned seen)
{
    for (size_t i = 0; i < count; i++)
        if (!fields[i].optional && (seen >> i & 1) == 0)
            return false;
    return true;
}

bool fields_scan(struct json_scan *scan, const struct field *fields,
                 size_t count, void *record)
{
    const struct field *field;
    unsigned seen = 0;
    size_t next = 0;
    char *key;

    fields_set_absent(fields, count, record);
    for (bool first = true; scan_key(scan, first, &key); first = false) {
        if (key == NULL)
            return has_required(fields, count, seen);
        field = field_find(fields, count, key, &next);
        if (field == NULL || (seen >> (field - fields) & 1) != 0 ||
            !field_scan(scan, field, record))
            return false;
        seen |= 1u << (field - fields);
    }
    return false;
}

int fields_decode(const json_t *object, const char *prefix,
                  const struct field *fields, size_t count, void *record,
                  struct error *error)
{
    for (size_t i = 0; i < count; i++) {
        const struct field *field = &fields[i];
        const json_t *value = json_object_get(object, field->key);
        void *member = member_of(record, field);

        if (field->optional && (value == NULL || json_is_null(value)))
            set_absent(field, member);
        else if (!kinds[field->kind].decode(value, field, member))
            return fields_unexpected(error, prefix, field->key,
                                     kinds[field->kind].expected, value);
    }
    return 0;
}

void fields_release(const struct field *fields, size_t count, void *record)
{
    for (size_t i = 0; i < count; i++)
        if (fields[i].kind == FIELD_TEXTS || fields[i].kind == FIELD_WORDS) {
            const char *const **list = member_of(record, &fields[i]);

            free((void *)*list);
            *list = NULL;
        }
}

static json_t *encode_text(const char *text, size_t maximum)
{
    char fit[RESULT_MAX_ARGUMENT + 1];

    text_make_line(text, fit, maximum + 1);
    return json_string(fit);
}

static json_t *encode_list(const struct field *field, const char *const *list)
{
    json_t *array = json_array();

    for (; array != NULL && list != NULL && *list != NULL; list++) {
        json_t *item = field->kind == FIELD_TEXTS
                           ? encode_text(*list, RESULT_MAX_TEXT)
                           : json_string(*list);

        if (json_array_append_new(array, item) < 0) {
            json_decref(array);
            return NULL;
        }
    }
    return array;
}

static json_t *encode_member(const struct field *field, const void *member)
{
    const char *string;

    switch (field->kind) {
    case FIELD_INTEGER:
        return *(const int64_t *)member == RESULT_ABSENT
                   ? json_null()
                   : json_integer(*(const int64_t *)member);
    case FIELD_NUMBER:
        return *(const double *)member == (double)RESULT_ABSENT
                   ? json_null()
                   : json_real(*(const double *)member);
    case FIELD_BOOLEAN:
        return json_boolean(*(const bool *)member);
    case FIELD_TEXTS:
    case FIELD_WORDS:
        return encode_list(field, *(const char *const *const *)member);
    default:
        string = *(const char *const *)member;
        if (string == NULL)
            return json_null();
        if (field->kind == FIELD_TEXT)
            return encode_text(string, RESULT_MAX_TEXT);
        if (field->kind == FIELD_PATH)
            return encode_text(string, RESULT_MAX_ARGUMENT);
        return json_string(string);
    }
}

int fields_encode(const struct field *fields, size_t count, const void *record,
                  json_t *object, struct error *error)
{
    for (size_t i = 0; i < count; i++) {
        json_t *value =
            encode_member(&fields[i], member_of(record, &fields[i]));

        if (value == NULL)
            return error_set(error, EILSEQ,
                             "%s: not UTF-8, or not a finite number",
                             fields[i].key);
        if (json_object_set_new(object, fields[i].key, value) < 0)
            return error_errno(error, ENOMEM, "result record");
    }
    return 0;
}
