/*
 * What the parts of a session of measuring share: setting up and tearing down
 * (experiment.c), running blocks and choosing their number
 * (experiment_blocks.c).
 */
#ifndef RINGSIDE_BENCH_EXPERIMENT_INTERNAL_H
#define RINGSIDE_BENCH_EXPERIMENT_INTERNAL_H

#include "bench/budget.h"
#include "bench/experiment.h"
#include "bench/experiment_header.h"
#include "bench/image.h"
#include "bench/progress.h"
#include "bench/run.h"
#include "bench/schedule.h"

struct experiment {
    const struct experiment_options *options;
    const struct paths *paths;
    const char *program;
    int64_t seed, blocks, started_at;
    int64_t block_ns; /* what a block takes, by the warm-up */
    struct session session;
    struct lineup lineup;
    struct workload_list workloads;
    struct measured_image image; /* all NULL: none */
    struct bundles bundles;
    struct run_context context;
    struct prepared_context prepared;
    struct progress progress;
    struct result_writer writer;
    bool writing;
    struct budget_pair *pairs; /* by platform, then workload */
    struct pairing *order;
    struct run_record *record;
    struct experiment_outcome *outcome;
};

/* Pairs of a platform and a workload that are not left out. */
size_t experiment_runs_per_block(const struct experiment *experiment);

/* Runs one pair into experiment->record; errors: those of run_once. */
int experiment_run_pair(struct experiment *experiment,
                        const struct pairing *pairing, struct error *error);

/* Nanoseconds of the profile's time that are left; 0 when it is over. */
int64_t experiment_time_left(const struct experiment *experiment);

/* Makes the record of a new session in a directory and leaves it open. */
int experiment_create_record(struct experiment *experiment,
                             const char *directory, int64_t blocks,
                             struct error *error);

/*
 * Runs each pair once, learns what it takes (pairs, block_ns), and leaves out
 * what does not fit into the profile's time.
 */
int experiment_warm_up(struct experiment *experiment, struct error *error);

/* How many blocks there are to be, by the options, the record or the time. */
void experiment_choose_blocks(struct experiment *experiment);

/*
 * The pilot says how many blocks the wanted precision takes; the time says how
 * many there can be. It has an order of its own (the seed with its lowest bit
 * turned over), a record of its own, and no part in the outcome.
 */
int experiment_run_pilot(struct experiment *experiment, struct error *error);

/* All blocks of the open record, as far as it lacks them. */
int experiment_run_blocks(struct experiment *experiment, struct error *error);

#endif
