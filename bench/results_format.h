/*
 * The header and the run as JSON: shared by the writer and the reader, which
 * know lines and files, while this knows members.
 */
#ifndef RINGSIDE_BENCH_RESULTS_FORMAT_H
#define RINGSIDE_BENCH_RESULTS_FORMAT_H

#include "bench/results.h"

/* One line, short, and 15 digits: as many as every double keeps. */
#define RESULT_JSON_FLAGS (JSON_COMPACT | JSON_REAL_PRECISION(15))

/* The header line as an object: NULL with error set (EILSEQ, ENOMEM). */
json_t *header_encode(const struct result_header *header, struct error *error);

/*
 * Checks document and fills header, which takes its own reference to it.
 * Errors: -EINVAL with the member's name in front, -ENOMEM; *header needs
 * releasing in either case.
 */
int header_decode(json_t *document, struct result_header *header,
                  struct error *error);

/* The same for a run; strings of *run are borrowed from document. */
json_t *run_encode(const struct result_run *run, struct error *error);
int run_decode(const json_t *document, const struct result_header *header,
               struct result_run *run, struct error *error);

/*
 * The member "costs" of a run's document, in both directions. Errors: -EINVAL
 * with the member's name in front, -EILSEQ, -ENOMEM.
 */
int costs_encode(const struct result_run *run, json_t *document,
                 struct error *error);
int costs_decode(const json_t *document, struct result_run *run,
                 struct error *error);

/* A set of runs as large as the header allows; NULL: no memory. */
struct result_set *result_set_create(const struct result_header *header);
void result_set_free(struct result_set *set);
bool result_set_has(const struct result_set *set, int64_t block,
                    size_t platform_index, size_t workload_index);

/*
 * May this run be added? Errors: -EINVAL when it is in the set already or
 * when its (platform, workload) had another kind of start before.
 */
int result_set_check(const struct result_set *set, const struct result_run *run,
                     struct error *error);

void result_set_add(struct result_set *set, const struct result_run *run);

#endif
