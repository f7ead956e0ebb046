/*
 * Typed access to a JSON document, with errors that name the place:
 * "linux.resources.memory.limit: expected an integer, got \"4G\"".
 *
 * A struct json_node is a value together with the way that led to it. Nodes
 * live on the stack and point to their parent, so the path costs nothing
 * until an error has to print it. A null value counts as absent (engines
 * write null for an empty list).
 *
 * Every getter leaves *result as it was, and succeeds, when the node is
 * absent; what must be there is asked for with json_node_require first.
 */
#ifndef RINGSIDE_OCI_JSON_H
#define RINGSIDE_OCI_JSON_H

#include "oci/error.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json_node {
    json_t *value; /* borrowed; NULL when absent */
    const struct json_node *parent;
    const char *key; /* NULL for an array element and for the root */
    size_t index;    /* of an array element */
};

enum { JSON_FILE_LIMIT = 8 << 20 /* bytes */ };

/*
 * Reads and parses the file at path. *document is the caller's to
 * json_decref. Errors: the errno of open or read, -EFBIG past
 * JSON_FILE_LIMIT, -EINVAL with "PATH:LINE:COLUMN: why" for malformed JSON,
 * a duplicate key, a NUL character in a string, or nesting past 2048 levels.
 */
int json_read_file(const char *path, json_t **document, struct error *error);

/* The same of standard input, to its end. Errors: as json_read_file. */
int json_read_input(json_t **document, struct error *error);

struct json_node json_root(json_t *value);
struct json_node json_node_member(const struct json_node *parent,
                                  const char *key);
struct json_node json_node_element(const struct json_node *parent,
                                   size_t index);
bool json_node_present(const struct json_node *node);

/* Elements of an array node; 0 when absent or not an array. */
size_t json_node_count(const struct json_node *node);

/* Sets "PATH: expected WHAT, got VALUE" (or "PATH: missing, ..."), -EINVAL. */
int json_node_expected(const struct json_node *node, struct error *error,
                       const char *format, ...)
    __attribute__((format(printf, 3, 4)));

int json_node_require(const struct json_node *node, const char *what,
                      struct error *error);

/* -EINVAL unless absent or of that kind. */
int json_node_object(const struct json_node *node, struct error *error);
int json_node_array(const struct json_node *node, struct error *error);

int json_node_boolean(const struct json_node *node, bool *result,
                      struct error *error);

/* The text stays the document's. */
int json_node_text(const struct json_node *node, const char **result,
                   struct error *error);

/* A copy that the caller frees; *result must not own anything before. */
int json_node_string(const struct json_node *node, char **result,
                     struct error *error);

/* Also refuses a path that does not start with '/'. A copy, as above. */
int json_node_absolute_path(const struct json_node *node, char **result,
                            struct error *error);

int json_node_integer(const struct json_node *node, int64_t minimum,
                      int64_t maximum, int64_t *result, struct error *error);

/* The whole range of uint64_t, which JSON parsers of 64-bit integers lack:
 * engines write 18446744073709551615 for "unlimited". */
int json_node_unsigned(const struct json_node *node, uint64_t *result,
                       struct error *error);

/*
 * An array of strings as a NULL-terminated vector, released with
 * string_vector_free. An absent node gives an empty vector, never NULL.
 */
int json_node_strings(const struct json_node *node, char ***result,
                      struct error *error);

/* Frees a NULL-terminated vector and its strings; NULL is fine. */
void string_vector_free(char **vector);

#endif
