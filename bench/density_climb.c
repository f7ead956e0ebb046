/*
 * One platform's part of a density run: up to a limit, figure by figure, and
 * down again. See density_internal.h for the contract.
 */
#include "bench/density_internal.h"

#include "bench/clock.h"
#include "bench/density_instance.h"
#include "bench/density_limits.h"
#include "bench/density_record.h"

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>

/* As in run.h: what a start costs depends on what ran just before it. */
#define REST_NS (30 * NS_PER_MS)
/* Instances are looked at this long after the last said that it is ready. */
#define IDLE_NS (50 * NS_PER_MS)

enum { REASON_SIZE = ERROR_TEXT_SIZE + 40 };

/* One platform's part of it. */
struct climb {
    struct density *density;
    struct density_platform platform;
    struct containment containment;
    struct density_instance *instances;
    int64_t count;
    double *latencies; /* since the last point */
    size_t latency_count;
    int64_t before_available;
    struct density_limits limits;
    struct density_machine now;
};

/*
 * Bundles are made when they are first needed, outside the clock. What a
 * platform has prepared was for the first bundle.
 */
static const char *bundle_for(struct density *density,
                              const struct participant *participant,
                              int64_t instance, struct error *error)
{
    if (participant->prepare != NULL)
        return density->bundles.items[0].directory;
    if (density->instance_bundles[instance] == NULL &&
        bundles_make_instance(
            &density->session, &density->workloads, &density->bundles, 0,
            density->options->memory_limit, (unsigned long)instance + 1,
            &density->instance_bundles[instance], error) < 0)
        return NULL;
    return density->instance_bundles[instance];
}

static bool is_power_of_two(int64_t number)
{
    return (number & (number - 1)) == 0;
}

/* The last instance of a point starts after a rest, the others do not. */
static int add_instance(struct climb *climb, int64_t *latency_ns,
                        struct error *error)
{
    struct density *density = climb->density;
    bool measured = is_power_of_two(climb->count + 1);
    int64_t number;
    const char *bundle =
        bundle_for(density, climb->platform.participant, climb->count, error);
    int result;

    if (bundle == NULL)
        return -error->code;
    number = ++climb->count;
    result = density_instance_start(
        &climb->platform, bundle, (unsigned long)number, measured ? REST_NS : 0,
        climb->limits.deadline, &climb->instances[number - 1], latency_ns,
        error);
    if (result < 0)
        return result;
    climb->latencies[climb->latency_count++] = (double)*latency_ns;
    return 0;
}

/* Of the starts since the last point; the next begins anew. */
static int64_t take_median(struct climb *climb)
{
    size_t count = climb->latency_count;

    climb->latency_count = 0;
    gsl_sort(climb->latencies, 1, count);
    return (int64_t)gsl_stats_median_from_sorted_data(climb->latencies, 1,
                                                      count);
}

static int record_point(struct climb *climb, int64_t latency_ns,
                        struct error *error)
{
    const struct platform *platform = climb->platform.participant->platform;
    struct result_run memory = RESULT_RUN_INIT;
    struct density_point point;

    clock_sleep(IDLE_NS);
    if (!platform->elsewhere)
        containment_read_memory(&climb->containment, &memory);
    density_machine_read(&climb->now);
    point = (struct density_point){
        .platform = platform->name,
        .start = platform->start,
        .instances = climb->count,
        .latency_ns = latency_ns,
        .latency_median_ns = take_median(climb),
        .memory_pss = memory.memory.pss,
        .memory_uss = memory.memory.uss,
        .memory_kernel = memory.memory.kernel,
        .memory_available_delta =
            climb->before_available > climb->now.memory_available
                ? climb->before_available - climb->now.memory_available
                : 0,
    };
    return density_record_point(climb->density->record, &point, error);
}

/* Until a limit, with its words in reason. Errors: the session cannot go on. */
static int climb_up(struct climb *climb, char reason[REASON_SIZE],
                    struct error *error)
{
    char limit[DENSITY_REASON_SIZE];
    int64_t latency_ns;

    for (;;) {
        struct error failure = {0};
        int result = 0;

        density_machine_read(&climb->now);
        if (density_must_stop(&climb->limits, &climb->now,
                              climb->before_available, climb->count, limit)) {
            snprintf(reason, REASON_SIZE, "%s", limit);
            return 0;
        }
        result = add_instance(climb, &latency_ns, &failure);
        if (result < 0 && result != -EINTR) {
            snprintf(reason, REASON_SIZE, "number %lld: %s",
                     (long long)climb->count, failure.text);
            return 0;
        }
        if (result == 0 && is_power_of_two(climb->count))
            result = record_point(climb, latency_ns, &failure);
        if (result < 0) {
            *error = failure;
            return result;
        }
    }
}

/* Ends every instance, whatever state the platform is in. */
static int climb_down(struct climb *climb, struct error *error)
{
    const struct rusage none = {0};
    const struct spawned nobody = {0};
    struct result_run account = RESULT_RUN_INIT;
    int result = 0;

    containment_kill(&climb->containment);
    for (int64_t i = 0; i < climb->count; i++) {
        struct error local = {0};

        if (density_instance_end(&climb->platform, &climb->instances[i],
                                 &local) < 0 &&
            result == 0) {
            *error = local;
            result = -local.code;
        }
    }
    containment_account(&climb->containment, &none, &nobody, &account);
    climb->density->started += (unsigned long)climb->count;
    return result;
}

static int climb_open(struct climb *climb, struct density *density,
                      const struct participant *participant, int64_t deadline,
                      struct error *error)
{
    size_t maximum = (size_t)density->options->maximum;

    *climb = (struct climb){
        .density = density,
        .platform = {.participant = participant,
                     .paths = density->paths,
                     .session = &density->session,
                     .bundles = &density->bundles,
                     .started_before = density->started,
                     .arguments = density->workloads.items[0].arguments,
                     .containment = &climb->containment,
                     .null = density->null},
        .limits = {.maximum = density->options->maximum,
                   .memory_reserve = density->memory_reserve,
                   .deadline = deadline},
        .instances = calloc(maximum, sizeof(*climb->instances)),
        .latencies = calloc(maximum, sizeof(*climb->latencies)),
    };
    if (climb->instances == NULL || climb->latencies == NULL)
        return error_set(error, ENOMEM, "out of memory");
    density_machine_read(&climb->now);
    climb->before_available = climb->now.memory_available;
    return containment_open(&climb->containment, &density->session.host,
                            density->session.id, density->session.has_cgroups,
                            error);
}

int density_climb(struct density *density,
                  const struct participant *participant, int64_t deadline,
                  struct error *error)
{
    struct climb climb;
    struct error ending = {0};
    char reason[REASON_SIZE] = "";
    int result = climb_open(&climb, density, participant, deadline, error);

    if (result == 0) {
        result = climb_up(&climb, reason, error);
        if (climb_down(&climb, &ending) < 0 && result == 0) {
            *error = ending;
            result = -ending.code;
        }
        if (containment_close(&climb.containment, &ending) < 0 && result == 0) {
            *error = ending;
            result = -ending.code;
        }
    }
    free(climb.instances);
    free(climb.latencies);
    if (result == 0)
        result = density_record_end(density->record,
                                    participant->platform->name, reason, error);
    return result;
}
