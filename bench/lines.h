/*
 * Files of JSON objects, one a line, that stand beside results.jsonl. Hostile
 * input: lines are bounded and each is checked by whoever takes it.
 */
#ifndef RINGSIDE_BENCH_LINES_H
#define RINGSIDE_BENCH_LINES_H

#include "oci/error.h"

#include <jansson.h>

/* Takes one object. Errors: -EINVAL with what is wrong in it, -ENOMEM. */
typedef int line_visitor(void *context, const json_t *line,
                         struct error *error);

/*
 * Hands every line of DIRECTORY/NAME to visit. No such file is no line; a last
 * line that was cut short is passed over. Errors: of the file, and -EINVAL with
 * "PATH:LINE: ..." for a bad line.
 */
int lines_read(const char *directory, const char *name, line_visitor *visit,
               void *context, struct error *error);

#endif
