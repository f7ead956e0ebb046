/* Density, platform by platform; see density.h for the contract. */
#include "bench/density_internal.h"

#include "bench/clock.h"
#include "bench/density_limits.h"
#include "bench/density_record.h"
#include "bench/files.h"
#include "bench/keeper.h"
#include "bench/words.h"
#include "oci/file.h"

#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>

enum {
    DEFAULT_MAXIMUM = 64,
    DEFAULT_MEMORY_MIB = 512,
    DEFAULT_SECONDS = 300,
    /* Should memory run out all the same, we and what we started are to go. */
    OUT_OF_MEMORY_SCORE = 500,
};

void density_options_init(struct density_options *options)
{
    *options = (struct density_options){
        .maximum = DEFAULT_MAXIMUM,
        .memory_limit = DEFAULT_MEMORY_MIB * INT64_C(1048576),
        .seconds = DEFAULT_SECONDS,
    };
}

/*
 * What time there is, is shared out among those that are left. Ending
 * instances takes what it takes, and nobody's share.
 */
static int measure_all(struct density *density, struct error *error)
{
    const struct lineup *lineup = &density->lineup;
    int result = 0;

    density->deadline = clock_now() + density->options->seconds * NS_PER_SECOND;
    for (size_t i = 0; result == 0 && i < lineup->participant_count; i++) {
        const struct participant *participant = &lineup->participants[i];
        int64_t now = clock_now();
        int64_t share = density->deadline > now
                            ? (density->deadline - now) /
                                  (int64_t)(lineup->participant_count - i)
                            : 0;

        if (participant->platform->control)
            continue;
        if (!density->options->quiet)
            fprintf(stderr, "density: %s\n", participant->platform->name);
        result = density_climb(density, participant, now + share, error);
        if (clock_now() > now + share)
            density->deadline += clock_now() - (now + share);
    }
    return result;
}

/* What cannot take part has an end without a beginning. */
static int record_left_out(const struct density *density, struct error *error)
{
    const struct lineup *lineup = &density->lineup;
    int result = 0;

    for (size_t i = 0; result == 0 && i < lineup->left_out_count; i++)
        result = density_record_end(density->record,
                                    lineup->left_out[i].platform->name,
                                    lineup->left_out[i].reason, error);
    return result;
}

/* Every instance holds three descriptors of ours. */
static void raise_descriptor_limit(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

static int choose_pause(struct density *density, struct error *error)
{
    static const char *const name[] = {"pause", NULL};
    int result =
        workload_list_load(density->paths, 1, &density->workloads, error);

    return result < 0 ? result
                      : workload_list_select(&density->workloads,
                                             (char *const *)name, error);
}

static void choose_reserve(struct density *density)
{
    struct density_machine machine;

    density_machine_read(&machine);
    density->memory_reserve = density->options->memory_reserve > 0
                                  ? density->options->memory_reserve
                                  : density_default_reserve(&machine);
}

static int prepare(struct density *density, struct prepared_context *context,
                   struct error *error)
{
    const struct density_options *options = density->options;
    int result = choose_pause(density, error);

    choose_reserve(density);
    density->null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    density->instance_bundles =
        calloc((size_t)options->maximum + 1, sizeof(char *));
    if (result == 0 && density->null < 0)
        result = error_errno(error, errno, "/dev/null");
    if (result == 0 && density->instance_bundles == NULL)
        result = error_set(error, ENOMEM, "out of memory");
    if (result == 0)
        result = lineup_load(
            density->paths, options->platform_directories, options->platforms,
            options->slow ? LINEUP_WITH_SLOW : LINEUP_WITHOUT_SLOW,
            &density->lineup, error);
    if (result == 0)
        result = session_open(&density->session, error);
    if (result == 0)
        result =
            bundles_make(&density->session, &density->workloads,
                         options->memory_limit, NULL, &density->bundles, error);
    if (result == 0)
        result = lineup_enter(&density->lineup, density->paths,
                              &density->session, error);
    if (result == 0)
        result = lineup_prepare(&density->lineup, context, error);
    return result;
}

static int tear_down(struct density *density,
                     const struct prepared_context *context,
                     struct error *error)
{
    lineup_finish(&density->lineup, context);
    lineup_release(&density->lineup);
    bundles_release(&density->bundles);
    for (int64_t i = 0;
         density->instance_bundles != NULL && i < density->options->maximum;
         i++)
        free(density->instance_bundles[i]);
    free(density->instance_bundles);
    workload_list_release(&density->workloads);
    cleanup_close(&density->null);
    return session_close(&density->session, error);
}

static int run_session(struct density *density, struct error *error)
{
    struct prepared_context context = {
        .session = &density->session,
        .paths = density->paths,
        .bundles = &density->bundles,
        .workloads = &density->workloads,
    };
    struct error closing = {0};
    int result = prepare(density, &context, error);

    if (result == 0)
        result = measure_all(density, error);
    if (result == 0)
        result = record_left_out(density, error);
    if (tear_down(density, &context, &closing) < 0 && result == 0) {
        *error = closing;
        result = -closing.code;
    }
    return result;
}

int density_run(const struct density_options *options,
                const struct paths *paths, struct error *error)
{
    struct density density = {
        .options = options,
        .paths = paths,
        .session = {.lock = -1},
        .record = -1,
        .null = -1,
    };
    _cleanup_free_ char *score = text_format("%d", OUT_OF_MEMORY_SCORE);
    int keeper, result = directory_make(options->directory, 0755, error);

    if (result < 0)
        return result;
    density.record = density_record_create(options->directory, error);
    if (density.record < 0)
        return density.record;
    keeper = keeper_start(error);
    result = keeper < 0 ? keeper : 0;
    if (result == 0) {
        raise_descriptor_limit();
        if (score != NULL)
            file_write("/proc/self/oom_score_adj", score);
        result = run_session(&density, error);
        keeper_dismiss(keeper);
    }
    close(density.record);
    return result;
}
