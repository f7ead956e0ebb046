/* The passes of a session that are not timed; see observe.h. */
#include "bench/observe.h"

#include "bench/clock.h"
#include "bench/interrupt.h"
#include "bench/platform_cannot.h"
#include "bench/results_format.h"
#include "oci/cleanup.h"
#include "oci/path.h"

static int open_lines(const struct experiment *experiment, const char *name,
                      FILE **file, struct error *error)
{
    _cleanup_free_ char *path = path_join(experiment->options->directory, name);

    if (path == NULL)
        return error_set(error, ENOMEM, "out of memory");
    *file = fopen(path, "we");
    return *file == NULL ? error_errno(error, errno, "%s", path) : 0;
}

/* Writes a line and drops the object; NULL is none. */
static int put_line(FILE *file, json_t *line, struct error *error)
{
    int result = 0;

    if (line != NULL && (json_dumpf(line, file, RESULT_JSON_FLAGS) < 0 ||
                         fputc('\n', file) == EOF || fflush(file) != 0))
        result = error_errno(error, errno, "writing a line");
    json_decref(line);
    return result;
}

static int observe_pair(const struct observed *observed, int repetition,
                        FILE *surface, FILE *costs, struct error *error)
{
    json_t *line = NULL;
    int result = 0;

    if (interrupt_signal() != 0)
        return error_set(error, EINTR, "interrupted");
    if (repetition == 1) {
        result = observe_surface(observed, &line, error);
        if (result == 0)
            result = put_line(surface, line, error);
    }
    line = NULL;
    if (result == 0)
        result = observe_costs(observed, repetition, &line, error);
    return result == 0 ? put_line(costs, line, error) : result;
}

/* What was too dear for the session's time is not looked at either, nor what
 * cannot run; without blocks there are no pairs to tell. */
static bool is_left_out(const struct experiment *experiment, size_t platform,
                        size_t workload)
{
    const size_t pair = platform * experiment->workloads.count + workload;

    if (experiment->pairs != NULL)
        return experiment->pairs[pair].left_out;
    return platform_cannot(experiment->lineup.participants[platform].platform,
                           &experiment->workloads.items[workload]) != NULL;
}

static int64_t deadline_of(const struct experiment_options *options)
{
    return options->pass_seconds == 0
               ? INT64_MAX
               : clock_now() + options->pass_seconds * NS_PER_SECOND;
}

/*
 * Workload by workload, so that where time runs out every platform has been
 * looked at with the same ones.
 */
static int observe_all(struct experiment *experiment, FILE *surface,
                       FILE *costs, struct error *error)
{
    const size_t workloads = experiment->workloads.count;
    const size_t platforms = experiment->lineup.participant_count;
    const int64_t deadline = deadline_of(experiment->options);

    for (int repetition = 1; repetition <= OBSERVE_REPETITIONS; repetition++) {
        for (size_t i = 0; i < platforms * workloads; i++) {
            const struct observed observed = {
                .experiment = experiment,
                .participant = &experiment->lineup.participants[i % platforms],
                .workload = &experiment->workloads.items[i / platforms],
                .index = i / platforms,
            };
            int result;

            if (is_left_out(experiment, i % platforms, i / platforms))
                continue;
            if (clock_now() > deadline)
                return 0;
            progress_run(&experiment->progress,
                         observed.participant->platform->name,
                         observed.workload->name);
            result = observe_pair(&observed, repetition, surface, costs, error);
            if (result < 0)
                return result;
            progress_done(&experiment->progress);
        }
        progress_block(&experiment->progress, repetition + 1);
    }
    return 0;
}

int observe(struct experiment *experiment, struct error *error)
{
    const size_t all =
        experiment->lineup.participant_count * experiment->workloads.count;
    const int64_t pairs = experiment->pairs == NULL
                              ? (int64_t)all
                              : (int64_t)experiment_runs_per_block(experiment);
    _cleanup_file_ FILE *surface = NULL;
    _cleanup_file_ FILE *costs = NULL;
    int result = open_lines(experiment, SURFACE_FILE, &surface, error);

    if (result == 0)
        result = open_lines(experiment, COSTS_FILE, &costs, error);
    if (result < 0)
        return result;
    progress_start(&experiment->progress, stderr, experiment->options->quiet,
                   OBSERVE_REPETITIONS, OBSERVE_REPETITIONS * pairs);
    progress_block(&experiment->progress, 1);
    return observe_all(experiment, surface, costs, error);
}
