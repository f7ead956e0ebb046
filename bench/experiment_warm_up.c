/*
 * The warm-up: every pair once, unrecorded. It fills caches, and it says what
 * a run of each pair takes, by which the number of blocks is chosen and what
 * does not fit into the profile's time is left out (budget.h).
 *
 * Native comes first, then the cheapest workload on each platform. From both,
 * what the other pairs will take is estimated, so that what cannot fit is not
 * even warmed up.
 */
#include "bench/experiment_internal.h"

#include "bench/clock.h"
#include "bench/interrupt.h"
#include "bench/platform_cannot.h"

#include <errno.h>
#include <string.h>

static struct budget_pair *pair_of(const struct experiment *experiment,
                                   size_t platform, size_t workload)
{
    return &experiment
                ->pairs[platform * experiment->workloads.count + workload];
}

static int warm_up(struct experiment *experiment, size_t platform,
                   size_t workload, struct error *error)
{
    const struct pairing pairing = {platform, workload};
    struct budget_pair *pair = pair_of(experiment, platform, workload);
    int64_t started = clock_now();
    int result;

    if (pair->has_run || pair->left_out)
        return 0;
    result = experiment_run_pair(experiment, &pairing, error);
    pair->ns = clock_now() - started;
    pair->has_run = true;
    return result;
}

/* What the pairs are; those that a resumed record has left out stay so. */
static void mark_pairs(struct experiment *experiment)
{
    for (size_t i = 0; i < experiment->lineup.participant_count; i++)
        for (size_t j = 0; j < experiment->workloads.count; j++) {
            const struct platform *platform =
                experiment->lineup.participants[i].platform;
            const struct workload *workload = &experiment->workloads.items[j];
            struct budget_pair *pair = pair_of(experiment, i, j);

            pair->is_start = strcmp(workload->group->name, "start") == 0;
            pair->is_native = strcmp(platform->class_name, "native") == 0;
            pair->cannot = platform_cannot(platform, workload);
            pair->left_out =
                pair->cannot != NULL ||
                (experiment->options->resume &&
                 result_header_skips(&experiment->writer.header, platform->name,
                                     workload->name) != NULL);
        }
}

/* Its native platform, or else the first of all. */
static size_t find_native(const struct experiment *experiment)
{
    for (size_t i = 0; i < experiment->lineup.participant_count; i++)
        if (pair_of(experiment, i, 0)->is_native)
            return i;
    return 0;
}

static size_t find_cheapest(const struct experiment *experiment, size_t native)
{
    size_t cheapest = 0;

    for (size_t j = 1; j < experiment->workloads.count; j++)
        if (pair_of(experiment, native, j)->ns <
            pair_of(experiment, native, cheapest)->ns)
            cheapest = j;
    return cheapest;
}

/* A workload takes what it takes natively, and what starting takes here. */
static void estimate(struct experiment *experiment, size_t native,
                     size_t cheapest)
{
    for (size_t i = 0; i < experiment->lineup.participant_count; i++)
        for (size_t j = 0; j < experiment->workloads.count; j++) {
            struct budget_pair *pair = pair_of(experiment, i, j);

            if (!pair->has_run)
                pair->ns = pair_of(experiment, i, cheapest)->ns +
                           pair_of(experiment, native, j)->ns -
                           pair_of(experiment, native, cheapest)->ns;
        }
}

/* Only where the profile's time decides how many blocks there are. */
static void fit(struct experiment *experiment)
{
    const struct experiment_options *options = experiment->options;

    if (options->blocks > 0 || options->resume)
        return;
    budget_fit(
        experiment->pairs,
        experiment->lineup.participant_count * experiment->workloads.count,
        options->profile->minimum_blocks, experiment_time_left(experiment));
}

static int warm_up_all(struct experiment *experiment, struct error *error)
{
    size_t native = find_native(experiment), cheapest;
    int result = 0;

    for (size_t j = 0; j < experiment->workloads.count && result == 0; j++)
        result = warm_up(experiment, native, j, error);
    cheapest = find_cheapest(experiment, native);
    for (size_t i = 0; i < experiment->lineup.participant_count && result == 0;
         i++)
        result = warm_up(experiment, i, cheapest, error);
    if (result < 0)
        return result;
    estimate(experiment, native, cheapest);
    fit(experiment);
    for (size_t i = 0; i < experiment->lineup.participant_count; i++)
        for (size_t j = 0; j < experiment->workloads.count && result == 0; j++)
            result = warm_up(experiment, i, j, error);
    fit(experiment);
    return result;
}

static void tell_left_out(const struct experiment *experiment)
{
    for (size_t i = 0; i < experiment->lineup.participant_count; i++) {
        size_t left_out = 0;

        for (size_t j = 0; j < experiment->workloads.count; j++)
            left_out += pair_of(experiment, i, j)->left_out &&
                        pair_of(experiment, i, j)->cannot == NULL;
        platform_cannot_print(experiment->lineup.participants[i].platform,
                              &experiment->workloads, stderr);
        if (left_out > 0)
            fprintf(stderr,
                    "%s: %zu of %zu workloads left out: too slow for profile "
                    "%s; to have them: -n or a longer profile\n",
                    experiment->lineup.participants[i].platform->name, left_out,
                    experiment->workloads.count,
                    experiment->options->profile->name);
    }
}

int experiment_warm_up(struct experiment *experiment, struct error *error)
{
    size_t count =
        experiment->lineup.participant_count * experiment->workloads.count;
    int result;

    experiment->pairs = calloc(count + 1, sizeof(*experiment->pairs));
    if (experiment->pairs == NULL)
        return error_set(error, ENOMEM, "out of memory");
    mark_pairs(experiment);
    progress_start(&experiment->progress, stderr, experiment->options->quiet, 0,
                   (int64_t)count);
    progress_block(&experiment->progress, 0);
    result = warm_up_all(experiment, error);
    if (result < 0)
        return result;
    progress_end(&experiment->progress);
    if (!experiment->options->quiet)
        tell_left_out(experiment);
    experiment->block_ns = 0;
    for (size_t i = 0; i < count; i++)
        if (!experiment->pairs[i].left_out)
            experiment->block_ns += experiment->pairs[i].ns;
    return 0;
}
