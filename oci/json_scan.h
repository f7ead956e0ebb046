/*
 * A walk over JSON text without a tree: for lines by the million in a form
 * that is known, where building and freeing objects is most of the work.
 *
 * It knows less than JSON: no escapes, no bytes beyond ASCII, no space in front
 * of the whole (each function takes the space behind what it takes). A function
 * returns false at anything else; the text may be JSON all the same, and the
 * caller asks a whole parser then. What it accepts, every parser accepts with
 * the same meaning.
 *
 * The text ends with NUL and is written to: strings are terminated in place.
 */
#ifndef RINGSIDE_OCI_JSON_SCAN_H
#define RINGSIDE_OCI_JSON_SCAN_H

#include <stdbool.h>
#include <stdint.h>

struct json_scan {
    char *at;
};

/* Takes "{" or the like. */
bool scan_token(struct json_scan *scan, char token);

/*
 * Takes the next member's key and colon: true with *key, or with NULL at the
 * end of the object, which is taken too. first: of this object.
 */
bool scan_key(struct json_scan *scan, bool first, char **key);

/* Takes null if it is there. */
bool scan_null(struct json_scan *scan);

bool scan_string(struct json_scan *scan, char **text);

/* A number without sign, fraction or exponent, of at most 18 digits. */
bool scan_integer(struct json_scan *scan, int64_t *number);

/* Any number without sign; may overflow to infinity. */
bool scan_number(struct json_scan *scan, double *number);

/* Passes over a value of any kind, a few levels deep. */
bool scan_skip(struct json_scan *scan);

#endif
