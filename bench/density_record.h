/*
 * density.jsonl: a line for each figure of a density run and one for each
 * platform's end, written as they come; and what of it goes into summary.json
 * and onto the terminal. Format: docs/density.md.
 */
#ifndef RINGSIDE_BENCH_DENSITY_RECORD_H
#define RINGSIDE_BENCH_DENSITY_RECORD_H

#include "bench/results.h"
#include "oci/error.h"

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>

/* Figures are RESULT_ABSENT (-1) where they could not be had. */
struct density_point {
    const char *platform, *start; /* start: cold, pooled, restored */
    int64_t instances;
    int64_t latency_ns;        /* of the last of them, after a rest */
    int64_t latency_median_ns; /* of those since the last point */
    int64_t memory_pss, memory_uss, memory_kernel; /* of all, bytes */
    int64_t memory_available_delta;
};

/*
 * Makes DIRECTORY/density.jsonl. Returns a descriptor, or a negative errno:
 * -EEXIST when it is there.
 */
int density_record_create(const char *directory, struct error *error);

/* Appends a line, whole. Errors: errnos of write(2). */
int density_record_point(int fd, const struct density_point *point,
                         struct error *error);
int density_record_end(int fd, const char *platform, const char *reason,
                       struct error *error);

/*
 * Reads DIRECTORY/density.jsonl as summary.json has it: an array of
 * {platform, start, points: [...], stopped}, platforms in the order of the
 * file. *density is NULL where there is no file. A last line that was cut
 * short is passed over; any other that is none of these is an error
 * (-EINVAL, with its number). The caller owns *density.
 */
int density_record_read(const char *directory, json_t **density,
                        struct error *error);

/*
 * The same for summary.json: without platforms that have no part in the
 * record of the session. An empty array where there is no file.
 */
int density_record_summarise(const char *directory,
                             const struct result_header *header,
                             json_t **density, struct error *error);

/* The same as a table: a row a platform. */
void density_print(const json_t *density, FILE *stream);

#endif
