/*
 * A line of surface.jsonl: the host's system calls that the processes of a
 * platform made for a workload. Written by observe.h, read for the summary and
 * for the table.
 */
#ifndef RINGSIDE_BENCH_SURFACE_H
#define RINGSIDE_BENCH_SURFACE_H

#include "oci/error.h"

#include <jansson.h>
#include <stdint.h>

#define SURFACE_FILE "surface.jsonl"

/* Kinds of system calls and how many in all; RESULT_ABSENT: not known. */
struct surface_calls {
    int64_t distinct, total;
};

struct surface {
    const char *platform, *workload;
    struct surface_calls start, work; /* until ready, and from then on */
    int64_t kernel_functions;         /* of the host, at work; RESULT_ABSENT */
    int64_t start_kernel_functions;   /* until ready; RESULT_ABSENT */
    const char *kernel_functions_why; /* NULL: they are known */
    const char *why;                  /* nothing is known; NULL: it is */
};

/*
 * Checks a line and fills *surface, whose strings are the line's. Errors:
 * -EINVAL with the member's name.
 */
int surface_decode(const json_t *line, struct surface *surface,
                   struct error *error);

#endif
