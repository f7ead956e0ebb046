/* Running blocks and choosing how many; see experiment_internal.h. */
#include "bench/experiment_internal.h"

#include "bench/clock.h"
#include "bench/interrupt.h"
#include "bench/pilot.h"
#include "oci/cleanup.h"
#include "oci/path.h"

#include <errno.h>

static int record_run(struct experiment *experiment, int64_t block,
                      int64_t position, struct error *error)
{
    struct result_run *run = &experiment->record->run;

    run->block = block;
    run->position = position;
    experiment->outcome->runs++;
    if (run->failure != NULL)
        experiment->outcome->failures++;
    return results_append(&experiment->writer, run, error);
}

int experiment_run_pair(struct experiment *experiment,
                        const struct pairing *pairing, struct error *error)
{
    const struct participant *participant =
        &experiment->lineup.participants[pairing->platform];
    const struct workload *workload =
        &experiment->workloads.items[pairing->workload];
    int result;

    progress_run(&experiment->progress, participant->platform->name,
                 workload->name);
    if (interrupt_signal() != 0)
        return error_set(error, EINTR, "interrupted");
    result = run_once(&experiment->context, participant, workload,
                      pairing->workload, experiment->record, error);
    progress_done(&experiment->progress);
    return result;
}

static int run_block(struct experiment *experiment, int64_t block,
                     struct error *error)
{
    size_t count =
        experiment->lineup.participant_count * experiment->workloads.count;
    int64_t position = 0; /* of those that are run */

    schedule_block((uint64_t)experiment->seed, block,
                   experiment->lineup.participant_count,
                   experiment->workloads.count, experiment->order);
    progress_block(&experiment->progress, block);
    for (size_t i = 0; i < count; i++) {
        const struct pairing *next = &experiment->order[i];
        int result;

        if (experiment
                ->pairs[next->platform * experiment->workloads.count +
                        next->workload]
                .left_out)
            continue;
        position++;
        if (results_has(&experiment->writer, block, next->platform,
                        next->workload))
            continue;
        result = experiment_run_pair(experiment, next, error);
        if (result == 0)
            result = record_run(experiment, block, position, error);
        if (result < 0)
            return result;
    }
    return 0;
}

int64_t experiment_time_left(const struct experiment *experiment)
{
    int64_t left =
        experiment->started_at +
        experiment->options->profile->budget_seconds * NS_PER_SECOND -
        clock_now();

    return left > 0 ? left : 0;
}

/* How many blocks fit into what the profile has left. */
static int64_t blocks_that_fit(const struct experiment *experiment)
{
    return experiment->block_ns > 0
               ? experiment_time_left(experiment) / experiment->block_ns
               : 0;
}

static int64_t within_profile(const struct experiment *experiment,
                              int64_t blocks)
{
    const struct profile *profile = experiment->options->profile;

    if (blocks < profile->minimum_blocks)
        return profile->minimum_blocks;
    return blocks > profile->maximum_blocks ? profile->maximum_blocks : blocks;
}

void experiment_choose_blocks(struct experiment *experiment)
{
    experiment->blocks = experiment->options->blocks;
    if (experiment->options->resume)
        experiment->blocks = experiment->writer.header.blocks;
    if (experiment->blocks == 0)
        experiment->blocks =
            within_profile(experiment, blocks_that_fit(experiment));
}

/* Runs the pilot's blocks into an open record, which it finishes. */
static int run_pilot_blocks(struct experiment *experiment, int64_t blocks,
                            struct error *error)
{
    progress_start(&experiment->progress, stderr, experiment->options->quiet,
                   blocks,
                   blocks * (int64_t)experiment_runs_per_block(experiment));
    for (int64_t block = 1; block <= blocks; block++) {
        int result = run_block(experiment, block, error);

        if (result < 0)
            return result;
    }
    return results_finish(&experiment->writer, error);
}

int experiment_run_pilot(struct experiment *experiment, struct error *error)
{
    const struct experiment_options *options = experiment->options;
    _cleanup_free_ char *directory =
        path_join(options->directory, PILOT_DIRECTORY);
    int64_t blocks = blocks_that_fit(experiment) / PILOT_SHARE;
    struct pilot_plan plan;
    int result;

    if (directory == NULL)
        return error_set(error, ENOMEM, "out of memory");
    if (blocks_that_fit(experiment) <
        PILOT_LEAST + options->profile->minimum_blocks) {
        if (!options->quiet)
            fprintf(stderr,
                    "precision: there is no time for a pilot; it is "
                    "what it is in %lld blocks\n",
                    (long long)experiment->blocks);
        return 0;
    }
    if (blocks > PILOT_MOST)
        blocks = PILOT_MOST;
    if (blocks < PILOT_LEAST)
        blocks = PILOT_LEAST;
    experiment->seed ^= 1;
    result = experiment_create_record(experiment, directory, blocks, error);
    if (result == 0) {
        result = run_pilot_blocks(experiment, blocks, error);
        results_close(&experiment->writer);
    }
    experiment->seed ^= 1;
    *experiment->outcome = (struct experiment_outcome){0};
    if (result == 0)
        result = pilot_plan(directory, options->precision, &plan, error);
    if (result < 0)
        return result;
    blocks = blocks_that_fit(experiment);
    experiment->blocks =
        within_profile(experiment, plan.blocks < blocks ? plan.blocks : blocks);
    if (!options->quiet && experiment->blocks < plan.blocks)
        fprintf(stderr,
                "precision: %s asks for %lld blocks; there is time for %lld\n",
                plan.widest, (long long)plan.blocks,
                (long long)experiment->blocks);
    return 0;
}

/* Whether the profile's time is up, by an estimate for one more block. */
static bool time_is_up(const struct experiment *experiment, int64_t done)
{
    const struct profile *profile = experiment->options->profile;
    int64_t now = clock_now();
    int64_t each = (now - experiment->progress.started_at) / done;

    return experiment->options->blocks == 0 && !experiment->options->resume &&
           done >= profile->minimum_blocks &&
           now + each >
               experiment->started_at + profile->budget_seconds * NS_PER_SECOND;
}

int experiment_run_blocks(struct experiment *experiment, struct error *error)
{
    progress_start(&experiment->progress, stderr, experiment->options->quiet,
                   experiment->blocks,
                   experiment->blocks *
                           (int64_t)experiment_runs_per_block(experiment) -
                       experiment->writer.runs);
    for (int64_t block = 1; block <= experiment->blocks; block++) {
        int result = run_block(experiment, block, error);

        if (result < 0)
            return result;
        if (block < experiment->blocks && time_is_up(experiment, block)) {
            experiment->outcome->cut_short = true;
            break;
        }
    }
    return results_finish(&experiment->writer, error);
}
