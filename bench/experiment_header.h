/* The header line of a session's record, from what the session is made of. */
#ifndef RINGSIDE_BENCH_EXPERIMENT_HEADER_H
#define RINGSIDE_BENCH_EXPERIMENT_HEADER_H

#include "bench/budget.h"
#include "bench/experiment.h"
#include "bench/lineup.h"
#include "bench/results.h"
#include "bench/workload.h"

struct header_facts {
    const struct experiment_options *options;
    const char *program;   /* as the user knows it, not our copy */
    const char *image;     /* digest of the image measured; NULL: none */
    const char *directory; /* of the record; options may have another */
    int64_t seed, blocks;
    const struct lineup *lineup;
    const struct workload_list *workloads;
    const struct budget_pair *pairs; /* by platform, then workload; NULL: all */
};

/*
 * Collects the fingerprint and makes facts->directory/results.jsonl.
 * Errors: of results_create.
 */
int experiment_create_results(const struct header_facts *facts,
                              struct result_writer *writer,
                              struct error *error);

/*
 * Opens the record of an interrupted session to go on with it. What is to be
 * measured now must be what was measured then: platforms, workloads and their
 * arguments, program, rest and host. facts->seed and facts->blocks take no
 * part; they are those of writer->header from now on.
 * Errors: of results_resume, -EINVAL with what differs.
 */
int experiment_resume_results(const struct header_facts *facts,
                              struct result_writer *writer,
                              struct error *error);

/*
 * What two sessions differ in, so that their runs cannot stand in one record,
 * or NULL: host, platforms and their versions, workloads, programs, rest.
 */
const char *header_difference(const struct result_header *then,
                              const struct result_header *now);

#endif
