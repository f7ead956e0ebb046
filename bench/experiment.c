/* A session of measuring; see experiment.h for the contract. */
#include "bench/experiment.h"

#include "bench/clock.h"
#include "bench/experiment_header.h"
#include "bench/interrupt.h"
#include "bench/progress.h"
#include "bench/run.h"
#include "bench/schedule.h"
#include "bench/words.h"
#include "oci/elf.h"
#include "oci/file.h"
#include "oci/path.h"

#include <string.h>
#include <sys/random.h>

enum { DRAWN_SEED_BITS = 0x7fffffff };

struct experiment {
    const struct experiment_options *options;
    const struct paths *paths;
    const char *program;
    int64_t seed, blocks, started_at;
    struct session session;
    struct lineup lineup;
    struct workload_list workloads;
    struct bundles bundles;
    struct run_context context;
    struct prepared_context prepared;
    struct progress progress;
    struct result_writer writer;
    bool writing;
    struct pairing *order;
    struct run_record *record;
    struct experiment_outcome *outcome;
};

static size_t runs_per_block(const struct experiment *experiment)
{
    return experiment->lineup.participant_count * experiment->workloads.count;
}

static int choose_program(struct experiment *experiment, struct error *error)
{
    const struct experiment_options *options = experiment->options;

    experiment->program =
        options->own != NULL ? options->own[0] : experiment->paths->workload;
    if (experiment->program == NULL)
        return error_set(error, ENOENT,
                         "the workload program was not found; build it: make");
    return elf_check_static(experiment->program, error);
}

static int choose_workloads(struct experiment *experiment, struct error *error)
{
    const struct experiment_options *options = experiment->options;
    _cleanup_words_ char **names = NULL;
    int result;

    if (options->own != NULL)
        return workload_list_own(options->own, &experiment->workloads, error);
    if (options->workloads != NULL)
        names = words_copy(options->workloads);
    else if (options->profile->workloads != NULL)
        words_split(options->profile->workloads, &names);
    result =
        workload_list_load(experiment->program, options->profile->duration_ms,
                           &experiment->workloads, error);
    return result < 0
               ? result
               : workload_list_select(&experiment->workloads, names, error);
}

static int draw_seed(struct experiment *experiment, struct error *error)
{
    unsigned drawn;

    experiment->seed = experiment->options->seed;
    if (experiment->seed >= 0)
        return 0;
    if (getrandom(&drawn, sizeof(drawn), 0) != sizeof(drawn))
        return error_errno(error, errno, "getrandom");
    experiment->seed = drawn & DRAWN_SEED_BITS;
    return 0;
}

static void print_left_out(const struct experiment *experiment)
{
    const struct lineup *lineup = &experiment->lineup;

    for (size_t i = 0; i < lineup->left_out_count; i++) {
        const struct left_out *left_out = &lineup->left_out[i];

        fprintf(stderr, "left out: %s: %s%s%s\n", left_out->platform->name,
                left_out->reason, left_out->remedy != NULL ? "; " : "",
                left_out->remedy != NULL ? left_out->remedy : "");
    }
}

/* Makes sure of the place for results before anything is measured. */
static int make_directory(const char *directory, struct error *error)
{
    _cleanup_free_ char *path = path_join(directory, RESULTS_FILE);

    if (path == NULL)
        return error_set(error, ENOMEM, "out of memory");
    if (access(path, F_OK) == 0)
        return error_set(error, EEXIST, "%s is there already", path);
    return directory_make(directory, 0755, error);
}

/* Everything that must stand before the first run. */
static int prepare(struct experiment *experiment, struct error *error)
{
    const struct experiment_options *options = experiment->options;
    size_t runs;
    int result = 0;

    if (!options->resume)
        result = make_directory(options->directory, error);
    if (result == 0)
        result = choose_program(experiment, error);
    if (result == 0)
        result = choose_workloads(experiment, error);
    if (result == 0)
        result = draw_seed(experiment, error);
    if (result == 0)
        result = lineup_load(experiment->paths, options->platform_directories,
                             options->platforms, &experiment->lineup, error);
    if (result == 0)
        result = session_open(&experiment->session, error);
    if (result == 0)
        result = bundles_make(&experiment->session, experiment->program,
                              &experiment->workloads, options->memory_limit,
                              &experiment->bundles, error);
    if (result == 0)
        result = lineup_enter(&experiment->lineup, experiment->paths,
                              &experiment->session, error);
    if (result < 0)
        return result;
    experiment->prepared = (struct prepared_context){
        .paths = experiment->paths,
        .bundles = &experiment->bundles,
        .workloads = &experiment->workloads,
    };
    result = lineup_prepare(&experiment->lineup, &experiment->prepared, error);
    if (result < 0)
        return result;
    print_left_out(experiment);
    runs = runs_per_block(experiment);
    experiment->order = calloc(runs, sizeof(*experiment->order));
    experiment->record = malloc(sizeof(*experiment->record));
    if (experiment->order == NULL || experiment->record == NULL)
        return error_set(error, ENOMEM, "out of memory");
    experiment->context = (struct run_context){
        .session = &experiment->session,
        .paths = experiment->paths,
        .bundles = &experiment->bundles,
        .timeout_ns = options->timeout_seconds * NS_PER_SECOND,
        .rest_ns = options->rest_ms * NS_PER_MS,
    };
    return 0;
}

/* Block 0 is the warm-up, of which nothing is recorded. */
static int record_run(struct experiment *experiment, int64_t block,
                      size_t position, struct error *error)
{
    struct result_run *run = &experiment->record->run;

    if (block == 0)
        return 0;
    run->block = block;
    run->position = (int64_t)position + 1;
    experiment->outcome->runs++;
    if (run->failure != NULL)
        experiment->outcome->failures++;
    return results_append(&experiment->writer, run, error);
}

static int run_block(struct experiment *experiment, int64_t block,
                     struct error *error)
{
    size_t count = runs_per_block(experiment);

    schedule_block((uint64_t)experiment->seed, block,
                   experiment->lineup.participant_count,
                   experiment->workloads.count, experiment->order);
    progress_block(&experiment->progress, block);
    for (size_t i = 0; i < count; i++) {
        const struct pairing *next = &experiment->order[i];
        const struct participant *participant =
            &experiment->lineup.participants[next->platform];
        const struct workload *workload =
            &experiment->workloads.items[next->workload];
        int result;

        if (block > 0 && results_has(&experiment->writer, block, next->platform,
                                     next->workload))
            continue;
        progress_run(&experiment->progress, participant->platform->name,
                     workload->name);
        if (interrupt_signal() != 0)
            return error_set(error, EINTR, "interrupted");
        result = run_once(&experiment->context, participant, workload,
                          next->workload, experiment->record, error);
        if (result == 0)
            result = record_run(experiment, block, i, error);
        if (result < 0)
            return result;
        progress_done(&experiment->progress);
    }
    return 0;
}

/*
 * The warm-up fills caches, and its length says how many blocks fit into the
 * profile's time.
 */
static int warm_up(struct experiment *experiment, struct error *error)
{
    const struct experiment_options *options = experiment->options;
    const struct profile *profile = options->profile;
    int64_t started = clock_now(), took, left;
    int result;

    progress_start(&experiment->progress, stderr, options->quiet, 0,
                   (int64_t)runs_per_block(experiment));
    result = run_block(experiment, 0, error);
    if (result < 0)
        return result;
    experiment->blocks = options->blocks;
    if (options->resume)
        experiment->blocks = experiment->writer.header.blocks;
    if (experiment->blocks > 0)
        return 0;
    took = clock_now() - started;
    left = experiment->started_at + profile->budget_seconds * NS_PER_SECOND -
           clock_now();
    experiment->blocks = took > 0 ? left / took : profile->maximum_blocks;
    if (experiment->blocks < profile->minimum_blocks)
        experiment->blocks = profile->minimum_blocks;
    if (experiment->blocks > profile->maximum_blocks)
        experiment->blocks = profile->maximum_blocks;
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

static int run_blocks(struct experiment *experiment, struct error *error)
{
    progress_start(&experiment->progress, stderr, experiment->options->quiet,
                   experiment->blocks,
                   experiment->blocks * (int64_t)runs_per_block(experiment) -
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

static int open_record(struct experiment *experiment, struct error *error)
{
    const struct header_facts facts = {
        .options = experiment->options,
        .program = experiment->program,
        .seed = experiment->seed,
        .blocks = experiment->blocks,
        .lineup = &experiment->lineup,
        .workloads = &experiment->workloads,
    };
    int result;

    if (experiment->options->resume)
        result = experiment_resume_results(&facts, &experiment->writer, error);
    else
        result = experiment_create_results(&facts, &experiment->writer, error);
    experiment->writing = result == 0;
    if (result == 0)
        experiment->seed = experiment->writer.header.seed;
    return result;
}

/* The record of a new session says how many blocks the warm-up made room for;
 * that of an interrupted one is looked at before anything runs. */
static int begin(struct experiment *experiment, struct error *error)
{
    int result;

    if (experiment->options->resume) {
        result = open_record(experiment, error);
        return result < 0 ? result : warm_up(experiment, error);
    }
    result = warm_up(experiment, error);
    return result < 0 ? result : open_record(experiment, error);
}

static int tear_down(struct experiment *experiment, struct error *error)
{
    progress_end(&experiment->progress);
    if (experiment->writing)
        results_close(&experiment->writer);
    lineup_finish(&experiment->lineup, &experiment->prepared);
    lineup_release(&experiment->lineup);
    bundles_release(&experiment->bundles);
    workload_list_release(&experiment->workloads);
    free(experiment->order);
    free(experiment->record);
    return session_close(&experiment->session, error);
}

int experiment_run(const struct experiment_options *options,
                   const struct paths *paths,
                   struct experiment_outcome *outcome, struct error *error)
{
    struct experiment experiment = {
        .options = options,
        .paths = paths,
        .started_at = clock_now(),
        .session = {.lock = -1},
        .outcome = outcome,
    };
    struct error closing = {0};
    int result;

    *outcome = (struct experiment_outcome){0};
    result = prepare(&experiment, error);
    if (result == 0)
        result = begin(&experiment, error);
    if (result == 0)
        result = run_blocks(&experiment, error);
    if (result == -EINTR && outcome->runs > 0)
        error_set(error, EINTR,
                  "interrupted; %lld new runs are in %s/%s; the same command "
                  "with --resume %s goes on",
                  (long long)outcome->runs, options->directory, RESULTS_FILE,
                  options->directory);
    if (tear_down(&experiment, &closing) < 0 && result == 0) {
        *error = closing;
        result = -closing.code;
    }
    return result;
}
