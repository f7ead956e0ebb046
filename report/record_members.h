/*
 * Members of summary.json, checked: each function takes an object, the place
 * of the object for messages, and a key. A bad value is -EINVAL and
 * "summary.json: cells[3].median: expected a number that is not negative".
 */
#ifndef RINGSIDE_REPORT_RECORD_MEMBERS_H
#define RINGSIDE_REPORT_RECORD_MEMBERS_H

#include "oci/error.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* Where a value stands in the file, for messages: "cells[3]". */
struct member_place {
    const char *list; /* "" at the top */
    size_t index;
};

/* Says what was expected of the member; returns -EINVAL. */
int member_wrong(const struct member_place *place, const char *key,
                 const char *wanted, struct error *error);

/* A string, which the object keeps. */
int member_text(json_t *object, const struct member_place *place,
                const char *key, const char **text, struct error *error);

/* The same; absent and null give the fallback. */
int member_optional_text(json_t *object, const struct member_place *place,
                         const char *key, const char *fallback,
                         const char **text, struct error *error);

/* A finite number, not negative. */
int member_number(json_t *object, const struct member_place *place,
                  const char *key, double *number, struct error *error);

/* The same; absent and null give NAN. */
int member_optional_number(json_t *object, const struct member_place *place,
                           const char *key, double *number,
                           struct error *error);

/* An integer, not negative. */
int member_count(json_t *object, const struct member_place *place,
                 const char *key, int64_t *count, struct error *error);

/* Is the member absent or null? */
bool member_is_null(json_t *object, const char *key);

/* An array of at most max objects; NULL, which is empty, when absent. */
int member_list(json_t *object, const char *key, size_t max, json_t **list,
                struct error *error);

#endif
