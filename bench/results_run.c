/* One run of results.jsonl, in both directions. */
#include "bench/flags.h"
#include "bench/results_fields.h"
#include "bench/results_format.h"
#include "bench/results_scan.h"
#include "bench/results_text.h"

#include <errno.h>
#include <string.h>

static const char *const start_kinds[] = {"cold", "pooled", "restored", NULL};

#define RUN(member) offsetof(struct result_run, member)

const struct field run_fields[] = {
    {"block", FIELD_INTEGER, false, RUN(block), NULL},
    {"position", FIELD_INTEGER, false, RUN(position), NULL},
    {"platform", FIELD_NAME, false, RUN(platform), NULL},
    {"workload", FIELD_NAME, false, RUN(workload), NULL},
    {"start", FIELD_CHOICE, false, RUN(start), start_kinds},
    {"at", FIELD_TIME, false, RUN(at), NULL},
    {"fork_ns", FIELD_INTEGER, true, RUN(fork_ns), NULL},
    {"first_byte_ns", FIELD_INTEGER, true, RUN(first_byte_ns), NULL},
    {"ready_ns", FIELD_INTEGER, true, RUN(ready_ns), NULL},
    {"last_byte_ns", FIELD_INTEGER, true, RUN(last_byte_ns), NULL},
    {"exit_ns", FIELD_INTEGER, true, RUN(exit_ns), NULL},
    {"inner_ns", FIELD_INTEGER, true, RUN(inner_ns), NULL},
    {"status", FIELD_INTEGER, true, RUN(status), NULL},
    {"digest", FIELD_HEX, true, RUN(digest), NULL},
    {"cpu_user_ns", FIELD_INTEGER, true, RUN(cpu_user_ns), NULL},
    {"cpu_system_ns", FIELD_INTEGER, true, RUN(cpu_system_ns), NULL},
    {"failure", FIELD_TEXT, true, RUN(failure), NULL},
    {"host", FIELD_HEX, true, RUN(fingerprint), NULL},
};

static const struct field memory_fields[] = {
    {"pss", FIELD_INTEGER, true, RUN(memory.pss), NULL},
    {"uss", FIELD_INTEGER, true, RUN(memory.uss), NULL},
    {"kernel", FIELD_INTEGER, true, RUN(memory.kernel), NULL},
    {"peak", FIELD_INTEGER, true, RUN(memory.peak), NULL},
};

static const struct field noise_fields[] = {
    {"steal_ns", FIELD_INTEGER, true, RUN(noise.steal_ns), NULL},
    {"pressure_us", FIELD_INTEGER, true, RUN(noise.pressure_us), NULL},
    {"preemptions", FIELD_INTEGER, true, RUN(noise.preemptions), NULL},
    {"throttles", FIELD_INTEGER, true, RUN(noise.throttles), NULL},
    {"window_ns", FIELD_INTEGER, true, RUN(noise.window_ns), NULL},
    {"load", FIELD_NUMBER, true, RUN(noise.load), NULL},
};

/* "output", of runs that have it. */
const struct field output_fields[] = {
    {"sha256", FIELD_HEX, false, RUN(output_sha256), NULL},
    {"bytes", FIELD_INTEGER, false, RUN(output_bytes), NULL},
};
const size_t output_field_count = FIELD_TABLE_SIZE(output_fields);

const size_t run_field_count = FIELD_TABLE_SIZE(run_fields);

const struct field metric_fields[] = {
    {"value", FIELD_NUMBER, false, offsetof(struct result_metric, value), NULL},
    {"unit", FIELD_TEXT, false, offsetof(struct result_metric, unit), NULL},
};
const size_t metric_field_count = FIELD_TABLE_SIZE(metric_fields);

/* The parts of a run that are objects of their own. */
const struct field_group run_groups[] = {
    {"memory", "memory.", memory_fields, FIELD_TABLE_SIZE(memory_fields)},
    {"noise", "noise.", noise_fields, FIELD_TABLE_SIZE(noise_fields)},
};
const size_t run_group_count = FIELD_TABLE_SIZE(run_groups);

static int metrics_encode(const struct result_run *run, json_t *document,
                          struct error *error)
{
    json_t *metrics = json_object();

    if (json_object_set_new(document, "metrics", metrics) < 0)
        return error_errno(error, ENOMEM, "result record");
    for (size_t i = 0; i < run->metric_count; i++) {
        const struct result_metric *metric = &run->metrics[i];
        json_t *object = json_object();
        int result;

        if (json_object_get(metrics, metric->name) != NULL) {
            json_decref(object);
            return error_set(error, EINVAL, "metrics: %s twice", metric->name);
        }
        if (json_object_set_new(metrics, metric->name, object) < 0)
            return error_set(error, EILSEQ, "metrics: a name is not UTF-8");
        result = fields_encode(metric_fields, FIELD_TABLE_SIZE(metric_fields),
                               metric, object, error);
        if (result < 0)
            return result;
    }
    return 0;
}

static int output_encode(const struct result_run *run, json_t *document,
                         struct error *error)
{
    json_t *output;

    if (run->output_sha256 == NULL)
        return 0;
    output = json_object();
    return json_object_set_new(document, "output", output) < 0
               ? error_errno(error, ENOMEM, "result record")
               : fields_encode(output_fields, output_field_count, run, output,
                               error);
}

static int output_decode(const json_t *document, struct result_run *run,
                         struct error *error)
{
    const json_t *output = json_object_get(document, "output");

    if (output == NULL)
        return 0;
    return json_is_object(output)
               ? fields_decode(output, "output.", output_fields,
                               output_field_count, run, error)
               : fields_unexpected(error, "", "output", "an object", output);
}

json_t *run_encode(const struct result_run *run, struct error *error)
{
    json_t *document = json_pack("{s:s}", "type", "run");
    int result = 0;

    if (document == NULL) {
        error_errno(error, ENOMEM, "result record");
        return NULL;
    }
    result = fields_encode(run_fields, FIELD_TABLE_SIZE(run_fields), run,
                           document, error);
    if (result == 0)
        result = metrics_encode(run, document, error);
    if (result == 0)
        result = costs_encode(run, document, error);
    if (result == 0)
        result = output_encode(run, document, error);
    for (size_t i = 0; i < run_group_count && result == 0; i++) {
        json_t *object = json_object();

        result = json_object_set_new(document, run_groups[i].key, object) < 0
                     ? error_errno(error, ENOMEM, "result record")
                     : fields_encode(run_groups[i].fields, run_groups[i].count,
                                     run, object, error);
    }
    if (result == 0 && run->flags != 0 &&
        json_object_set_new(document, "flags", run_flags_encode(run->flags)) <
            0)
        result = error_errno(error, ENOMEM, "result record");
    if (result == 0)
        return document;
    json_decref(document);
    return NULL;
}

static int metrics_decode(const json_t *document, struct result_run *run,
                          struct error *error)
{
    json_t *metrics = json_object_get(document, "metrics");
    const char *name;
    json_t *value;

    run->metric_count = 0;
    if (!json_is_object(metrics) ||
        json_object_size(metrics) > RESULT_MAX_METRICS)
        return fields_unexpected(error, "", "metrics",
                                 "an object of at most 32 metrics", metrics);
    json_object_foreach(metrics, name, value)
    {
        struct result_metric *metric = &run->metrics[run->metric_count];
        char prefix[RESULT_MAX_NAME + 16];
        int result;

        if (!text_is_name(name, RESULT_MAX_NAME))
            return error_set(error, EINVAL,
                             "metrics: expected names of letters, digits and "
                             ".+_-, got \"%.60s\"",
                             name);
        snprintf(prefix, sizeof(prefix), "metrics.%s.", name);
        result = fields_decode(value, prefix, metric_fields,
                               FIELD_TABLE_SIZE(metric_fields), metric, error);
        if (result < 0)
            return result;
        if (strlen(metric->unit) > RESULT_MAX_NAME)
            return error_set(error, EINVAL, "%sunit: longer than %d bytes",
                             prefix, RESULT_MAX_NAME);
        metric->name = name;
        run->metric_count++;
    }
    return 0;
}

/* A run of another host that was pasted in has another host's fingerprint. */
static int check_fingerprint(const struct result_header *header,
                             const struct result_run *run, struct error *error)
{
    const char *whole = header->fingerprint_sha256;
    size_t expected = strnlen(whole, RESULT_FINGERPRINT_DIGITS);

    if (run->fingerprint == NULL ||
        (strlen(run->fingerprint) == expected &&
         strncmp(run->fingerprint, whole, expected) == 0))
        return 0;
    return error_set(
        error, EINVAL,
        "host: expected the header's fingerprint, %.*s, got \"%.64s\"",
        (int)expected, whole, run->fingerprint);
}

/* What the table of members cannot say: how a run relates to the header. */
int run_check(const struct result_header *header, struct result_run *run,
              struct error *error)
{
    int platform = result_platform_index(header, run->platform);
    int workload = result_workload_index(header, run->workload);

    if (platform < 0)
        return error_set(error, EINVAL, "platform: the header knows no \"%s\"",
                         run->platform);
    if (workload < 0)
        return error_set(error, EINVAL, "workload: the header knows no \"%s\"",
                         run->workload);
    if (run->block < 1 || run->block > header->blocks)
        return error_set(error, EINVAL, "block: expected 1 to %lld, got %lld",
                         (long long)header->blocks, (long long)run->block);
    if (run->position < 1)
        return error_set(error, EINVAL, "position: expected 1 or more, got 0");
    if (run->status > 255)
        return error_set(error, EINVAL,
                         "status: expected 0 to 255 or null, got %lld",
                         (long long)run->status);
    run->platform_index = (size_t)platform;
    run->workload_index = (size_t)workload;
    return check_fingerprint(header, run, error);
}

int run_decode(const json_t *document, const struct result_header *header,
               struct result_run *run, struct error *error)
{
    int result = fields_decode(document, "", run_fields,
                               FIELD_TABLE_SIZE(run_fields), run, error);

    for (size_t i = 0; i < run_group_count && result == 0; i++) {
        const json_t *object = json_object_get(document, run_groups[i].key);

        result = json_is_object(object)
                     ? fields_decode(object, run_groups[i].prefix,
                                     run_groups[i].fields, run_groups[i].count,
                                     run, error)
                     : fields_unexpected(error, "", run_groups[i].key,
                                         "an object", object);
    }
    if (result == 0)
        result = metrics_decode(document, run, error);
    if (result == 0 &&
        !run_flags_decode(json_object_get(document, "flags"), &run->flags))
        result = fields_unexpected(error, "", "flags", "a list of known flags",
                                   json_object_get(document, "flags"));
    if (result == 0)
        result = costs_decode(document, run, error);
    if (result == 0)
        result = output_decode(document, run, error);
    return result < 0 ? result : run_check(header, run, error);
}
