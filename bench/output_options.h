/* Options on how a verb prints what it found, as a child parser for argp. */
#ifndef RINGSIDE_BENCH_OUTPUT_OPTIONS_H
#define RINGSIDE_BENCH_OUTPUT_OPTIONS_H

#include "oci/error.h"

#include <argp.h>
#include <jansson.h>
#include <stdbool.h>

/* The input of output_argp, zeroed before. */
struct output_options {
    bool json;
};

extern const struct argp output_argp;

/* Prints a document, which it takes over; NULL is taken for want of memory. */
int output_json(json_t *document, struct error *error);

#endif
