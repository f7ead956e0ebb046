/*
 * Tables that describe a record's members once, for both directions: JSON to
 * struct with every check, and struct to JSON. Used by the header and the run
 * of results.jsonl alone.
 */
#ifndef RINGSIDE_BENCH_RESULTS_FIELDS_H
#define RINGSIDE_BENCH_RESULTS_FIELDS_H

#include "oci/error.h"
#include "oci/json_scan.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum field_kind {
    FIELD_INTEGER, /* int64_t, 0 or more; absent: RESULT_ABSENT */
    FIELD_NUMBER,  /* double, finite, 0 or more; absent: RESULT_ABSENT */
    FIELD_BOOLEAN, /* bool */
    FIELD_NAME,    /* letters, digits and .+_- */
    FIELD_TEXT,    /* one line without control characters */
    FIELD_PATH,    /* as text, but longer */
    FIELD_TIME,    /* 2026-11-23T12:00:00.123Z, fraction optional */
    FIELD_HEX,     /* lower-case hexadecimal digits, an even number */
    FIELD_CHOICE,  /* one of choices */
    FIELD_TEXTS,   /* const char *const *, NULL-terminated list of text */
    FIELD_WORDS,   /* the same of arguments: any UTF-8 */
};

/* Strings are const char *, NULL when absent. */
struct field {
    const char *key;
    enum field_kind kind;
    bool optional; /* may be null or missing */
    size_t offset;
    const char *const *choices; /* NULL-terminated */
};

#define FIELD_TABLE_SIZE(table) (sizeof(table) / sizeof((table)[0]))

/*
 * Fills record from object. Strings are borrowed from object; lists are
 * allocated and freed by fields_release. Errors: -EINVAL with "PREFIXkey:
 * expected <what>, got <value>", -ENOMEM; what was filled before stays filled,
 * so record must be zeroed first and released after in either case.
 */
int fields_decode(const json_t *object, const char *prefix,
                  const struct field *fields, size_t count, void *record,
                  struct error *error);

/*
 * Takes the value of a member without lists from text, in place: false where
 * the text is not in the form of oci/json_scan.h or not what the field wants.
 * A string is borrowed from the text.
 */
bool field_scan(struct json_scan *scan, const struct field *field,
                void *record);

/*
 * Takes the members of an object, after its brace, until its end. False also
 * for a member that is not in the table, comes twice or is missing.
 */
bool fields_scan(struct json_scan *scan, const struct field *fields,
                 size_t count, void *record);

/* The field of that key, or NULL; *next is where to look first. */
const struct field *field_find(const struct field *fields, size_t count,
                               const char *key, size_t *next);

/* Sets every optional member to absent. */
void fields_set_absent(const struct field *fields, size_t count, void *record);

/* Frees the lists of a decoded record. */
void fields_release(const struct field *fields, size_t count, void *record);

/*
 * Adds record's members to object. Text is made fit: control characters and
 * stray bytes become '?', an overlong text is cut. Errors: -EILSEQ for another
 * string that is not UTF-8, -ENOMEM.
 */
int fields_encode(const struct field *fields, size_t count, const void *record,
                  json_t *object, struct error *error);

/* Sets error to "PREFIXKEY: expected WHAT, got VALUE"; returns -EINVAL. */
int fields_unexpected(struct error *error, const char *prefix, const char *key,
                      const char *expected, const json_t *value);

#endif
