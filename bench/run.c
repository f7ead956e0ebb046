/* One run; see run.h for the contract. */
#include "bench/run.h"

#include "bench/clock.h"
#include "bench/command.h"
#include "bench/containment.h"
#include "bench/costs.h"
#include "bench/flags.h"
#include "bench/guest_kernel.h"
#include "bench/noise.h"
#include "bench/page_cache.h"
#include "bench/phases.h"
#include "bench/placeholder.h"
#include "bench/prepared.h"
#include "bench/tsc.h"
#include "bench/watch.h"
#include "bench/words.h"

#include <string.h>

/* An idle instance is looked at this long after it said that it is ready. */
#define IDLE_NS (50 * NS_PER_MS)

enum { CLEANUP_SECONDS = 10 };

/* A run on its way. */
struct running {
    const struct workload *workload;
    struct containment containment;
    struct phases phases;
    struct run_record *record;
    int64_t end_at_ns; /* for idle workloads; INT64_MAX until ready */
    struct run_observer *observer; /* NULL: none */
    const struct platform *platform;
    pid_t command;
    bool told_ready;
    struct sha256_ctx output; /* of a program that keeps no records */
    bool pooled;              /* the instance is older than the run */
    bool charged; /* the account has everything that worked for the run */
};

static void take_output(void *context, const char *bytes, size_t size,
                        int64_t at_ns)
{
    struct running *running = context;
    struct records *records = &running->record->records;

    records_feed(records, bytes, size, at_ns);
    if (!running->workload->group->records)
        sha256_update(&running->output, size, (const uint8_t *)bytes);
    if (running->workload->group->idle && records->ready)
        running->end_at_ns = records->ready_ns + IDLE_NS;
    if (records->ready && !running->told_ready && running->observer != NULL &&
        running->observer->ready != NULL)
        running->observer->ready(running->observer, &running->containment);
    running->told_ready = records->ready;
}

static void at_exit(void *context)
{
    struct running *running = context;

    running->observer->exited(running->observer, running->command);
}

/*
 * What was made before the run, as the instances of a pool are, held its memory
 * already: what grows during the run is not what it holds.
 */
static void miss_memory(struct result_run *run)
{
    static const char why[] = "the instance was made before the run: its "
                              "memory was held already";

    cost_add_missing(run, "memory_shared", why);
    cost_add_missing(run, "memory_current", why);
    cost_add_missing(run, "memory_kernel_stack", why);
    cost_add_missing(run, "memory_page_tables", why);
    cost_add_missing(run, "memory_secondary_page_tables", why);
    cost_add_missing(run, "memory_slab", why);
}

static void look_at_memory(void *context)
{
    struct running *running = context;

    if (running->observer != NULL && running->observer->ending != NULL)
        running->observer->ending(running->observer, running->command);
    if (running->pooled)
        miss_memory(&running->record->run);
    else
        containment_read_memory(&running->containment, &running->record->run);
}

static void end_it(void *context)
{
    containment_kill(&((struct running *)context)->containment);
}

static bool reported(const struct records *records, const char *metric)
{
    for (size_t i = 0; i < records->metric_count; i++) {
        if (strcmp(records->names[i], metric) == 0)
            return true;
    }
    return false;
}

/* Fills record->failure with why the run does not count; "" when it does. */
static void judge(const struct running *running, struct watch_result *watched)
{
    const struct workload_group *group = running->workload->group;
    struct records *records = &running->record->records;
    struct error reason = {0};
    const char *words = last_line(watched->errors);
    const char *colon = *words != '\0' ? ": " : "";

    if (watched->timed_out)
        error_set(&reason, ETIMEDOUT, "timed out%s%s", colon, words);
    else if (group->idle && !watched->ended)
        error_set(&reason, EPROTO, "ended by itself with status %d%s%s",
                  watched->status, colon, words);
    else if (!group->idle && watched->status != 0)
        error_set(&reason, EPROTO, "exit status %d%s%s", watched->status, colon,
                  words);
    else if (records->malformed[0] != '\0')
        error_set(&reason, EPROTO, "malformed record: %s", records->malformed);
    else if (group->records && !records->ready)
        error_set(&reason, EPROTO, "no ready line");
    else if (group->timed && !reported(records, group->primary))
        error_set(&reason, EPROTO, "no metric %s", group->primary);
    snprintf(running->record->failure, sizeof(running->record->failure), "%s",
             reason.text);
}

static void fill_times(struct running *running, const struct spawned *spawned,
                       const struct watch_result *watched)
{
    struct records *records = &running->record->records;
    struct result_run *run = &running->record->run;

    run->fork_ns = spawned->fork_ns;
    run->exit_ns = watched->exit_ns;
    if (records->bytes > 0) {
        run->first_byte_ns = records->first_byte_ns;
        run->last_byte_ns = records->last_byte_ns;
    }
    if (records->ready)
        run->ready_ns = records->ready_ns;
    if (!watched->ended && !watched->timed_out)
        run->status = watched->status;
    memcpy(run->metrics, records->metrics, sizeof(run->metrics));
    run->metric_count = records->metric_count;
    if (running->workload->group->idle)
        guest_kernel_take(running->platform, run);
    if (records->inner_ns > 0)
        run->inner_ns = records->inner_ns;
    if (!running->workload->group->records && run->status >= 0) {
        sha256_to_hex(&running->output, running->record->output);
        run->output_sha256 = running->record->output;
        run->output_bytes = (int64_t)records->bytes;
    }
    run->digest = records->digest[0] != '\0' ? records->digest : NULL;
}

/* From spawn to the last account. */
static int measure(struct running *running, char *const *arguments,
                   const char *directory, const struct run_context *context,
                   int mount_namespace, struct error *error)
{
    struct result_run *run = &running->record->run;
    const struct spawn_request request = {
        .arguments = arguments,
        .directory = directory,
        .mount_namespace = mount_namespace,
        .cgroups = running->containment.files,
        .cgroup_count = running->containment.file_count,
        .extra = running->phases.to_write > 0 ? running->phases.to_write : 0,
        .cpus = context->cpus,
        .settle_ns = context->rest_ns,
    };
    const struct watch_plan plan = {
        .timeout_ns = context->timeout_ns,
        .output = take_output,
        .end_at_ns = &running->end_at_ns,
        .ending = look_at_memory,
        .exited = running->observer != NULL && running->observer->exited != NULL
                      ? at_exit
                      : NULL,
        .kill = end_it,
        .context = running,
    };
    struct noise_counters before;
    struct spawned spawned;
    struct watch_result watched;
    int result;

    if (context->cold_cache && (result = page_cache_drop(error)) < 0)
        return result;
    noise_read(&before);
    result = spawn(&request, &spawned, error);
    if (result < 0) { /* this platform's fault, not the session's end */
        snprintf(running->record->failure, sizeof(running->record->failure),
                 "%s", error->text);
        return 0;
    }
    running->command = spawned.pid;
    result = watch(&spawned, &plan, &watched, error);
    spawned_close(&spawned);
    if (result < 0)
        return result;
    records_finish(&running->record->records);
    if (!running->workload->group->timed && !running->workload->group->idle)
        phases_collect(&running->phases, &running->record->records);
    noise_since(&before, &run->noise);
    containment_account(&running->containment, &watched.usage, &spawned, run);
    run->noise.preemptions = watched.usage.ru_nivcsw;
    fill_times(running, &spawned, &watched);
    run->flags = run_flags_judge(run, context->processors);
    judge(running, &watched);
    return watched.interrupted ? error_set(error, EINTR, "interrupted") : 0;
}

/* What a cut-off runtime keeps in its state, it removes itself. */
static void clean_up(const struct participant *participant,
                     const struct placeholders *values)
{
    _cleanup_words_ char **command = NULL;
    _cleanup_free_ struct command_result *result = malloc(sizeof(*result));
    struct error ignored = {0};

    if (participant->cleanup == NULL || result == NULL)
        return;
    command = placeholders_expand(participant->cleanup, values);
    if (command != NULL)
        command_run(command, participant->mount_namespace, CLEANUP_SECONDS,
                    result, &ignored);
}

/* The command with what the observer puts before it; NULL: no memory. */
static char **make_command(struct run_observer *observer,
                           const struct participant *participant,
                           const struct placeholders *values)
{
    _cleanup_words_ char **command =
        placeholders_expand(participant->run, values);
    _cleanup_words_ char **whole = NULL;

    if (command != NULL && observer != NULL && observer->wrap != NULL)
        return observer->wrap(observer, command);
    if (command == NULL || observer == NULL || observer->before == NULL)
        return take_pointer(command);
    if (words_append_all(&whole, observer->before) < 0 ||
        words_append_all(&whole, command) < 0)
        return NULL;
    return take_pointer(whole);
}

/* What the platform keeps running is charged with its growth, if it is ours. */
static int charge_kept(struct running *running, const struct platform *platform,
                       struct error *error)
{
    int result = 0;

    running->charged = true;
    if (platform->elsewhere) {
        result = containment_charge_kept(
            &running->containment, platform->name,
            running->workload->group->idle && !running->pooled, error);
        running->charged = result > 0;
    }
    return result < 0 ? result : 0;
}

static int run_contained(struct running *running, struct run_context *context,
                         const struct participant *participant,
                         const struct placeholders *values, struct error *error)
{
    _cleanup_words_ char **arguments =
        make_command(context->observer, participant, values);
    struct error closing = {0};
    int result;

    if (arguments == NULL)
        return error_set(error, ENOMEM, "out of memory");
    result = containment_open(&running->containment, &context->session->host,
                              context->session->id,
                              context->session->has_cgroups, error);
    if (result < 0)
        return result;
    result = charge_kept(running, participant->platform, error);
    if (result == 0)
        result = phases_open(participant->run, &running->phases, error);
    if (result == 0)
        result = measure(running, arguments, values->rootfs, context,
                         participant->mount_namespace, error);
    phases_close(&running->phases);
    if (result < 0 || running->record->failure[0] != '\0' ||
        running->workload->group->idle)
        clean_up(participant, values);
    if (containment_close(&running->containment, &closing) < 0 && result == 0) {
        *error = closing;
        result = -closing.code;
    }
    return result;
}

/* Half of an account would look like all of it. */
static void forget_account(struct result_run *run)
{
    const struct result_run none = RESULT_RUN_INIT;

    run->memory = none.memory;
    run->cpu_user_ns = none.cpu_user_ns;
    run->cpu_system_ns = none.cpu_system_ns;
    costs_forget(run, "the platform works in processes that were there before "
                      "the run");
}

int run_once(struct run_context *context, const struct participant *participant,
             const struct workload *workload, size_t index,
             struct run_record *record, struct error *error)
{
    _cleanup_free_ char *id = text_format(
        "ringside-%s-%lu", context->session->id, ++context->counter);
    _cleanup_free_ char *prepared = prepared_path(participant, index);
    const struct bundle_place *place = &context->bundles->items[index];
    const struct placeholders values = {
        .bundle = place->directory,
        .id = id,
        .rootfs = place->rootfs,
        .program = place->program,
        .inner = place->inner,
        .state = participant->state,
        .bin = context->paths->bin,
        .here = participant->platform->directory,
        .cgroup = context->bundles->cgroup,
        .memory = context->bundles->memory,
        .tsc_khz = tsc_khz(),
        .phases = PHASES_DESCRIPTOR,
        .prepared = prepared,
        .arguments = workload->arguments,
    };
    struct running running = {
        .workload = workload,
        .platform = participant->platform,
        .record = record,
        .end_at_ns = INT64_MAX,
        .phases = PHASES_NONE,
        .pooled = strcmp(participant->platform->start, "pooled") == 0,
        .observer = context->observer,
    };
    int result;

    if (id == NULL || prepared == NULL)
        return error_set(error, ENOMEM, "out of memory");
    *record = (struct run_record){.run = RESULT_RUN_INIT};
    record->records.strict = workload->group->records;
    sha256_init(&running.output);
    clock_text(record->at, 1);
    result = run_contained(&running, context, participant, &values, error);
    if (!running.charged)
        forget_account(&record->run);
    record->run.platform = participant->platform->name;
    record->run.workload = workload->name;
    record->run.start = participant->platform->start;
    record->run.at = record->at;
    record->run.failure = record->failure[0] != '\0' ? record->failure : NULL;
    return result;
}
