/* A session of measuring; see experiment.h for the contract. */
#include "bench/experiment_internal.h"

#include "bench/bundle_changes.h"
#include "bench/clock.h"
#include "bench/cpus.h"
#include "bench/interrupt.h"
#include "bench/page_cache.h"
#include "bench/pilot.h"
#include "bench/words.h"
#include "oci/elf.h"
#include "oci/file.h"
#include "oci/path.h"

#include <string.h>
#include <sys/random.h>

enum { DRAWN_SEED_BITS = 0x7fffffff };

static int choose_program(struct experiment *experiment, struct error *error)
{
    const struct experiment_options *options = experiment->options;

    if (options->image != NULL) {
        int result = measured_image_open(options->image, options->own,
                                         &experiment->image, error);

        experiment->program = experiment->image.program;
        return result;
    }
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

    if (options->image != NULL)
        return measured_image_workload(&experiment->image, options->image,
                                       &experiment->workloads, error);
    if (options->own != NULL)
        return workload_list_own(options->own, &experiment->workloads, error);
    if (options->workloads != NULL)
        names = words_copy(options->workloads);
    else if (options->profile->workloads != NULL)
        words_split(options->profile->workloads, &names);
    result =
        workload_list_load(experiment->paths, options->profile->duration_ms,
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
    _cleanup_free_ char *pilot = path_join(directory, PILOT_DIRECTORY);

    if (path == NULL || pilot == NULL)
        return error_set(error, ENOMEM, "out of memory");
    if (access(path, F_OK) == 0)
        return error_set(error, EEXIST, "%s is there already", path);
    if (access(pilot, F_OK) == 0)
        return error_set(error, EEXIST,
                         "%s is of a session that ended in its pilot: remove "
                         "it or choose another directory",
                         pilot);
    return directory_make(directory, 0755, error);
}

/* What platforms keep ready (pools, snapshots) is confined as their runs are.
 */
static int prepare_lineup(struct experiment *experiment, struct error *error)
{
    const struct experiment_options *options = experiment->options;
    cpu_set_t before;
    int result = 0;

    if (options->cpus != NULL)
        result = cpus_confine(&options->cpu_set, &before, error);
    if (result == 0)
        result =
            lineup_prepare(&experiment->lineup, &experiment->prepared, error);
    if (result == 0 && options->cpus != NULL)
        result = cpus_set(&before, error);
    return result;
}

static int make_bundles(struct experiment *experiment, struct error *error)
{
    const struct experiment_options *options = experiment->options;
    json_t *changes;
    int result = bundle_changes_load(experiment->paths, options->config,
                                     &changes, error);

    if (result == 0 && options->image != NULL)
        result = measured_image_make_bundles(
            &experiment->session, &experiment->image, options->memory_limit,
            changes, &experiment->bundles, error);
    else if (result == 0)
        result = bundles_make(&experiment->session, &experiment->workloads,
                              options->memory_limit, changes,
                              &experiment->bundles, error);
    json_decref(changes);
    return result;
}

/* Everything that must stand before the first run. */
static int prepare(struct experiment *experiment, struct error *error)
{
    const struct experiment_options *options = experiment->options;
    size_t runs;
    int result = 0;

    if (options->cold_cache)
        result = page_cache_check(error);
    if (result == 0 && options->pass_only)
        result = directory_make(options->directory, 0755, error);
    else if (result == 0 && !options->resume)
        result = make_directory(options->directory, error);
    if (result == 0)
        result = choose_program(experiment, error);
    if (result == 0)
        result = choose_workloads(experiment, error);
    if (result == 0)
        result = draw_seed(experiment, error);
    if (result == 0)
        result = lineup_load(experiment->paths, options->platform_directories,
                             options->platforms, options->profile->scope,
                             &experiment->lineup, error);
    if (result == 0 && options->image != NULL)
        measured_image_narrow(&experiment->lineup);
    if (result == 0)
        result = session_open(&experiment->session, error);
    if (result == 0)
        result = make_bundles(experiment, error);
    if (result == 0)
        result = lineup_enter(&experiment->lineup, experiment->paths,
                              &experiment->session, error);
    if (result < 0)
        return result;
    experiment->prepared = (struct prepared_context){
        .session = &experiment->session,
        .paths = experiment->paths,
        .bundles = &experiment->bundles,
        .workloads = &experiment->workloads,
    };
    result = prepare_lineup(experiment, error);
    if (result < 0)
        return result;
    print_left_out(experiment);
    runs = experiment->lineup.participant_count * experiment->workloads.count;
    experiment->order = calloc(runs, sizeof(*experiment->order));
    experiment->record = malloc(sizeof(*experiment->record));
    if (experiment->order == NULL || experiment->record == NULL)
        return error_set(error, ENOMEM, "out of memory");
    experiment->context = (struct run_context){
        .session = &experiment->session,
        .paths = experiment->paths,
        .bundles = &experiment->bundles,
        .cpus = options->cpus != NULL ? &options->cpu_set : NULL,
        .cold_cache = options->cold_cache,
        .processors = (int)sysconf(_SC_NPROCESSORS_ONLN),
        .timeout_ns = options->timeout_seconds * NS_PER_SECOND,
        .rest_ns = options->rest_ms * NS_PER_MS,
    };
    return 0;
}

size_t experiment_runs_per_block(const struct experiment *experiment)
{
    size_t count =
        experiment->lineup.participant_count * experiment->workloads.count;
    size_t runs = 0;

    for (size_t i = 0; i < count; i++)
        runs += !experiment->pairs[i].left_out;
    return runs;
}

static struct header_facts gather_facts(const struct experiment *experiment,
                                        const char *directory, int64_t blocks)
{
    return (struct header_facts){
        .options = experiment->options,
        .directory = directory,
        .program = experiment->program,
        .image = experiment->image.image.digest,
        .seed = experiment->seed,
        .blocks = blocks,
        .pairs = experiment->pairs,
        .lineup = &experiment->lineup,
        .workloads = &experiment->workloads,
    };
}

int experiment_create_record(struct experiment *experiment,
                             const char *directory, int64_t blocks,
                             struct error *error)
{
    const struct header_facts facts =
        gather_facts(experiment, directory, blocks);

    return experiment_create_results(&facts, &experiment->writer, error);
}

static int open_record(struct experiment *experiment, struct error *error)
{
    const char *directory = experiment->options->directory;
    const struct header_facts facts =
        gather_facts(experiment, directory, experiment->blocks);
    int result;

    if (experiment->options->resume)
        result = experiment_resume_results(&facts, &experiment->writer, error);
    else
        result = experiment_create_record(experiment, directory,
                                          experiment->blocks, error);
    experiment->writing = result == 0;
    if (result == 0)
        experiment->seed = experiment->writer.header.seed;
    return result;
}

/* The record of a new session says how many blocks were planned;
 * that of an interrupted one is looked at before anything runs. */
static int begin(struct experiment *experiment, struct error *error)
{
    int result;

    if (experiment->options->resume) {
        result = open_record(experiment, error);
        if (result == 0)
            result = experiment_warm_up(experiment, error);
        experiment_choose_blocks(experiment);
        return result;
    }
    result = experiment_warm_up(experiment, error);
    if (result == 0)
        experiment_choose_blocks(experiment);
    if (result == 0 && experiment->options->precision > 0)
        result = experiment_run_pilot(experiment, error);
    return result < 0 ? result : open_record(experiment, error);
}

static int measure(struct experiment *experiment, struct error *error)
{
    struct experiment_outcome *outcome = experiment->outcome;
    const struct experiment_options *options = experiment->options;
    int result = begin(experiment, error);

    if (result == 0)
        result = experiment_run_blocks(experiment, error);
    if (result == -EINTR && outcome->runs > 0)
        error_set(error, EINTR,
                  "interrupted; %lld new runs are in %s/%s; the same command "
                  "with --resume %s goes on",
                  (long long)outcome->runs, options->directory, RESULTS_FILE,
                  options->directory);
    return result;
}

static int tear_down(struct experiment *experiment, struct error *error)
{
    progress_end(&experiment->progress);
    if (experiment->writing)
        results_close(&experiment->writer);
    lineup_finish(&experiment->lineup, &experiment->prepared);
    lineup_release(&experiment->lineup);
    bundles_release(&experiment->bundles);
    measured_image_release(&experiment->image);
    workload_list_release(&experiment->workloads);
    free(experiment->pairs);
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
    if (result == 0 && !options->pass_only)
        result = measure(&experiment, error);
    if (result == 0 && options->pass != NULL)
        result = options->pass(&experiment, error);
    if (result == 0 && options->second_pass != NULL)
        result = options->second_pass(&experiment, error);
    if (tear_down(&experiment, &closing) < 0 && result == 0) {
        *error = closing;
        result = -closing.code;
    }
    return result;
}
