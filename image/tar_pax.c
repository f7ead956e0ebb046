/* Records of a pax header; see tar_pax.h. Source: POSIX.1-2017 pax. */
#include "image/tar_pax.h"

#include <errno.h>
#include <string.h>

struct record {
    const char *key, *value; /* both end with a NUL */
    size_t value_size;
};

static int malformed(struct error *error)
{
    return error_set(error, EINVAL, "a malformed pax header");
}

/* Decimal digits alone. */
static int parse_decimal(const char *text, size_t length, uint64_t *number)
{
    uint64_t value = 0;

    if (length == 0 || length > 18)
        return -EINVAL;
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -EINVAL;
        value = value * 10 + (uint64_t)(text[i] - '0');
    }
    *number = value;
    return 0;
}

/* Cuts the record at text, which has size bytes; returns its length or -1. */
static int64_t cut(char *text, size_t size, struct record *record)
{
    char *blank = memchr(text, ' ', size), *equals;
    uint64_t length;

    if (blank == NULL ||
        parse_decimal(text, (size_t)(blank - text), &length) < 0 ||
        length > size || length <= (uint64_t)(blank - text) + 2 ||
        text[length - 1] != '\n')
        return -1;
    equals = memchr(blank + 1, '=', (size_t)(text + length - (blank + 1)));
    if (equals == NULL || equals == blank + 1)
        return -1;
    *equals = '\0';
    text[length - 1] = '\0';
    record->key = blank + 1;
    record->value = equals + 1;
    record->value_size = (size_t)(text + length - 1 - record->value);
    return (int64_t)length;
}

/* A path of the record; *given: it was said already. */
static int take_path(const struct record *record, char to[TAR_PATH_MAX + 1],
                     bool *given, struct error *error)
{
    if (*given)
        return error_set(error, EINVAL, "a file with two names");
    if (record->value_size > TAR_PATH_MAX)
        return error_set(error, EINVAL, "a name of %zu bytes",
                         record->value_size);
    if (strlen(record->value) != record->value_size)
        return error_set(error, EINVAL, "a name with a NUL in it");
    /* An empty value takes a former one back, and there is none. */
    if (record->value_size == 0)
        return 0;
    memcpy(to, record->value, record->value_size + 1);
    *given = true;
    return 0;
}

static bool begins_with(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

static int take(struct tar_check *check, const struct record *record,
                struct error *error)
{
    if (strcmp(record->key, "path") == 0)
        return take_path(record, check->path, &check->has_path, error);
    if (strcmp(record->key, "linkpath") == 0)
        return take_path(record, check->link, &check->has_link, error);
    if (strcmp(record->key, "size") == 0) {
        if (check->has_size ||
            parse_decimal(record->value, record->value_size, &check->size) < 0)
            return malformed(error);
        check->has_size = true;
    }
    if (begins_with(record->key, "GNU.sparse."))
        return error_set(error, EINVAL,
                         "a sparse file, which takes more room than the layer "
                         "says");
    if (begins_with(record->key, "SCHILY.xattr.trusted.") ||
        begins_with(record->key, "SCHILY.xattr.user.overlay."))
        return error_set(error, EINVAL,
                         "a file with the attribute %.80s, which is "
                         "overlayfs's own",
                         record->key + strlen("SCHILY.xattr."));
    return 0;
}

int tar_pax_read(struct tar_check *check, struct error *error)
{
    char *at = check->extension;
    size_t left = check->extension_size;
    int status = 0;

    while (left > 0 && status == 0) {
        struct record record;
        int64_t length = cut(at, left, &record);

        if (length < 0)
            return malformed(error);
        status = take(check, &record, error);
        at += length;
        left -= (size_t)length;
    }
    return status;
}
