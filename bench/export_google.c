/*
 * The JSON that Google Benchmark writes with --benchmark_format=json, for its
 * compare.py: each good run is one repetition of one iteration. real_time is
 * from spawn to exit (to ready where an instance idles), cpu_time all of the
 * platform's, other figures are user counters.
 * Source: Google Benchmark, docs/user_guide.md and tools.md.
 */
#include "bench/export.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct state {
    json_t *context, *benchmarks;
    int64_t *repetitions; /* so far, by platform, then workload */
};

static json_t *context_to_json(const struct result_header *header)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:b, s:[], s:[], s:s}", "date",
                     header->created, "host_name", "unknown", "executable",
                     header->program_path, "fingerprint",
                     header->fingerprint_sha256, "cpu_scaling_enabled", 0,
                     "caches", "load_avg", "library_build_type", "release");
}

static int begin(void *context, const struct result_header *header)
{
    struct state *state = context;

    state->context = context_to_json(header);
    state->repetitions = calloc(header->platform_count * header->workload_count,
                                sizeof(*state->repetitions));
    return state->context != NULL && state->repetitions != NULL ? 0 : -ENOMEM;
}

static double figure_named(const struct result_metric *figures, size_t count,
                           const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(figures[i].name, name) == 0)
            return figures[i].value;
    return NAN;
}

/* The figures that have no place of their own become counters. */
static int add_counters(json_t *benchmark, const struct result_metric *figures,
                        size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (json_object_get(benchmark, figures[i].name) == NULL &&
            json_object_set_new(benchmark, figures[i].name,
                                json_real(figures[i].value)) < 0)
            return -ENOMEM;
    return 0;
}

static json_t *run_to_json(const struct result_run *run, double real_time,
                           double cpu_time, int64_t repetition, size_t family)
{
    char name[3 * RESULT_MAX_NAME];

    snprintf(name, sizeof(name), "%s/platform:%s/start:%s", run->workload,
             run->platform, run->start);
    return json_pack("{s:s, s:I, s:i, s:s, s:s, s:i, s:I, s:i, s:i, s:f, s:f, "
                     "s:s}",
                     "name", name, "family_index", (json_int_t)family,
                     "per_family_instance_index", 0, "run_name", name,
                     "run_type", "iteration", "repetitions", 1,
                     "repetition_index", (json_int_t)repetition, "threads", 1,
                     "iterations", 1, "real_time", real_time, "cpu_time",
                     cpu_time, "time_unit", "ns");
}

static int visit(void *context, const struct result_header *header,
                 const struct result_run *run)
{
    struct result_metric figures[EXPORT_MAX_FIGURES];
    struct state *state = context;
    double real_time, cpu_time;
    json_t *benchmark;
    size_t count, cell;

    if (run->failure != NULL)
        return 0;
    count = export_figures(header, run, figures);
    real_time = figure_named(figures, count, "spawn_to_exit");
    if (isnan(real_time))
        real_time = figure_named(figures, count, "spawn_to_ready");
    if (isnan(real_time))
        return 0;
    cpu_time = figure_named(figures, count, "cpu_time");
    cell = run->platform_index * header->workload_count + run->workload_index;
    benchmark = run_to_json(run, real_time, isnan(cpu_time) ? 0 : cpu_time,
                            state->repetitions[cell]++, cell);
    if (benchmark == NULL ||
        json_array_append_new(state->benchmarks, benchmark) < 0)
        return -ENOMEM;
    return add_counters(benchmark, figures, count);
}

/* How often each was repeated is known at the end. */
static int tell_repetitions(const struct state *state)
{
    json_t *benchmark;
    size_t i;

    json_array_foreach(state->benchmarks, i, benchmark)
    {
        json_int_t cell =
            json_integer_value(json_object_get(benchmark, "family_index"));

        if (json_object_set_new(benchmark, "repetitions",
                                json_integer(state->repetitions[cell])) < 0)
            return -ENOMEM;
    }
    return 0;
}

static int write_document(struct state *state, FILE *file)
{
    json_t *document;
    int result = tell_repetitions(state);

    if (result < 0)
        return result;
    document = json_pack("{s:O, s:O}", "context", state->context, "benchmarks",
                         state->benchmarks);
    if (document == NULL)
        return -ENOMEM;
    if (json_dumpf(document, file, JSON_INDENT(2)) == 0)
        fputc('\n', file);
    json_decref(document);
    return 0;
}

int export_google(const struct export_request *request, FILE *file,
                  struct error *error)
{
    struct state state = {.benchmarks = json_array()};
    const struct export_visitor visitor = {begin, visit, &state};
    int result = export_visit(request, &visitor, error);

    if (result == 0 && write_document(&state, file) < 0)
        result = error_errno(error, ENOMEM, "%s", request->directory);
    json_decref(state.context);
    json_decref(state.benchmarks);
    free(state.repetitions);
    return result;
}
