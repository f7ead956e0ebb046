/*
 * One pass over the record: every good run adds its values to the series of
 * its cell, every failed one is counted and kept by name.
 */
#include "bench/summary_collect.h"

#include "bench/flags.h"
#include "bench/summary_view.h"
#include "oci/cleanup.h"

#include <string.h>

enum {
    /* What one program reports under ever new names is not a metric. */
    MAX_SERIES = 128,
    /* All are held in memory, about 350 bytes each. */
    MAX_COLLECTED = 1 << 22,
    /* More different digests than this in one cell tell nothing more. */
    MAX_DIGESTS = 16,
};

static double ready_of(const struct result_run *run)
{
    return (double)run->ready_ns;
}

static double exit_of(const struct result_run *run)
{
    return (double)run->exit_ns;
}

static double cpu_of(const struct result_run *run)
{
    if (run->cpu_user_ns == RESULT_ABSENT ||
        run->cpu_system_ns == RESULT_ABSENT)
        return (double)RESULT_ABSENT;
    return (double)run->cpu_user_ns + (double)run->cpu_system_ns;
}

static double user_of(const struct result_run *run)
{
    return (double)run->cpu_user_ns;
}

static double system_of(const struct result_run *run)
{
    return (double)run->cpu_system_ns;
}

static double pss_of(const struct result_run *run)
{
    return (double)run->memory.pss;
}

static double uss_of(const struct result_run *run)
{
    return (double)run->memory.uss;
}

static double kernel_of(const struct result_run *run)
{
    return (double)run->memory.kernel;
}

static double peak_of(const struct result_run *run)
{
    return (double)run->memory.peak;
}

/* An idle instance is ended by the harness, so it has no exit of its own. */
const struct derived_metric derived_metrics[] = {
    {"spawn_to_ready", "ns", true, true, ready_of},
    {"spawn_to_exit", "ns", false, true, exit_of},
    {"cpu_time", "ns", true, true, cpu_of},
    {"cpu_user", "ns", true, true, user_of},
    {"cpu_system", "ns", true, true, system_of},
    {"memory_pss", "bytes", true, false, pss_of},
    {"memory_uss", "bytes", true, false, uss_of},
    {"memory_kernel", "bytes", true, false, kernel_of},
    {"memory_peak", "bytes", true, false, peak_of},
    {NULL, NULL, false, false, NULL},
};

bool derived_metric_applies(const struct derived_metric *metric,
                            const struct result_workload *workload)
{
    return strcmp(workload->group, "idle") == 0 ? metric->idle : metric->other;
}

static bool is_derived(const char *name)
{
    for (const struct derived_metric *metric = derived_metrics;
         metric->name != NULL; metric++)
        if (strcmp(metric->name, name) == 0)
            return true;
    return false;
}

struct cell_record *collection_cell(const struct collection *collection,
                                    size_t platform, size_t workload)
{
    return &collection
                ->cells[platform * collection->reader.header.workload_count +
                        workload];
}

struct series *cell_series(const struct cell_record *cell, const char *metric)
{
    for (size_t i = 0; i < cell->series_count; i++)
        if (strcmp(cell->series[i].metric, metric) == 0)
            return &cell->series[i];
    return NULL;
}

static int series_add(struct cell_record *cell, const char *metric,
                      const char *unit, struct series **series)
{
    struct series *grown;

    if (cell->series_count == MAX_SERIES)
        return -E2BIG;
    grown = reallocarray(cell->series, cell->series_count + 1, sizeof(*grown));
    if (grown == NULL)
        return -ENOMEM;
    cell->series = grown;
    *series = &grown[cell->series_count++];
    **series = (struct series){.metric = strdup(metric), .unit = strdup(unit)};
    return (*series)->metric != NULL && (*series)->unit != NULL ? 0 : -ENOMEM;
}

static int series_put(struct series *series, const struct result_run *run,
                      double value)
{
    if (series->count == series->capacity) {
        size_t capacity = series->capacity > 0 ? 2 * series->capacity : 32;
        struct sample *grown =
            reallocarray(series->samples, capacity, sizeof(*series->samples));

        if (grown == NULL)
            return -ENOMEM;
        series->samples = grown;
        series->capacity = capacity;
    }
    series->samples[series->count++] =
        (struct sample){(int32_t)run->block, run->flags != 0, value};
    return 0;
}

/* Runs of a cell have their figures in the same order, nearly always. */
static struct series *expected_series(const struct cell_record *cell,
                                      const char *metric)
{
    size_t next =
        cell->next_series < cell->series_count ? cell->next_series : 0;

    return next < cell->series_count &&
                   strcmp(cell->series[next].metric, metric) == 0
               ? &cell->series[next]
               : NULL;
}

static int sample_add(struct cell_record *cell, const char *metric,
                      const char *unit, const struct result_run *run,
                      double value, struct series **series)
{
    int result = 0;

    *series = expected_series(cell, metric);
    if (*series == NULL)
        *series = cell_series(cell, metric);
    if (*series == NULL)
        result = series_add(cell, metric, unit, series);
    if (result < 0)
        return result;
    cell->next_series = (size_t)(*series - cell->series) + 1;
    if (strcmp((*series)->unit, unit) != 0)
        (*series)->mixed_units = true;
    return series_put(*series, run, value);
}

int collection_take_cost(struct cell_record *cell,
                         const struct result_cost *cost,
                         const struct result_run *run)
{
    struct series *series = cell_series(cell, cost->name);
    int result = 0;

    if (cost->value >= 0)
        return sample_add(cell, cost->name, cost->unit, run, cost->value,
                          &series);
    if (cost->why == NULL)
        return 0;
    if (series == NULL)
        result = series_add(cell, cost->name, cost->unit, &series);
    if (result == 0 && series->why == NULL)
        result = (series->why = strdup(cost->why)) == NULL ? -ENOMEM : 0;
    return result;
}

static int digest_add(struct cell_record *cell, const char *digest)
{
    struct digest_count *grown;
    char *copy = NULL;

    for (size_t i = 0; i < cell->digest_count; i++) {
        const char *known = cell->digests[i].digest;

        if (digest == known ||
            (digest != NULL && known != NULL && strcmp(digest, known) == 0)) {
            cell->digests[i].runs++;
            return 0;
        }
    }
    if (cell->digest_count == MAX_DIGESTS)
        return 0;
    if (digest != NULL && (copy = strdup(digest)) == NULL)
        return -ENOMEM;
    grown = reallocarray(cell->digests, cell->digest_count + 1,
                         sizeof(*cell->digests));
    if (grown == NULL) {
        free(copy);
        return -ENOMEM;
    }
    cell->digests = grown;
    grown[cell->digest_count++] = (struct digest_count){copy, 1};
    return 0;
}

static int take_clock(struct cell_record *cell, const struct result_run *run)
{
    int64_t outer, bound;

    if (!run_outer_clock(run, &outer, &bound))
        return 0;
    cell->clock_flagged += (run->flags & FLAG_CLOCK) != 0;
    cell->clock_bounds += (double)bound / (double)outer;
    return series_put(&cell->clock, run,
                      (double)(run->inner_ns - outer) / (double)outer);
}

/* A phase of the start was told by the platform, in the host's time. */
static bool is_inner(const struct result_metric *metric)
{
    return strncmp(metric->name, "phase_", strlen("phase_")) != 0;
}

static void count_flags(struct collection *collection, struct cell_record *cell,
                        unsigned flags)
{
    for (size_t i = 0; run_flag_names[i] != NULL; i++)
        collection->by_flag[i] += flags >> i & 1;
    collection->flagged += flags != 0;
    cell->flagged += flags != 0;
}

static int take_good_run(struct cell_record *cell,
                         const struct result_workload *workload,
                         const struct result_run *run)
{
    int result = digest_add(cell, run->digest);
    struct series *series;

    cell->good++;
    if (result == 0)
        result = take_clock(cell, run);
    for (const struct derived_metric *metric = derived_metrics;
         metric->name != NULL && result == 0; metric++) {
        double value = metric->value(run);

        if (derived_metric_applies(metric, workload) && value >= 0)
            result = sample_add(cell, metric->name, metric->unit, run, value,
                                &series);
    }
    for (size_t i = 0; i < run->metric_count && result == 0; i++) {
        const struct result_metric *metric = &run->metrics[i];

        if (is_derived(metric->name))
            continue;
        result = sample_add(cell, metric->name, metric->unit, run,
                            metric->value, &series);
        if (result == 0)
            series->inner = is_inner(metric);
    }
    for (size_t i = 0; i < run->cost_count && result == 0; i++)
        if (!is_derived(run->costs[i].name))
            result = collection_take_cost(cell, &run->costs[i], run);
    return result;
}

static int take_failed_run(struct collection *collection,
                           struct cell_record *cell,
                           const struct result_run *run)
{
    json_t *failed =
        json_pack("{s:s, s:s, s:I, s:s}", "platform", run->platform, "workload",
                  run->workload, "block", (json_int_t)run->block, "failure",
                  run->failure);

    collection->failures++;
    cell->failures++;
    if (json_array_append_new(collection->failed_runs, failed) < 0)
        return -ENOMEM;
    if (cell->first_failure == NULL)
        cell->first_failure = strdup(run->failure);
    return cell->first_failure != NULL ? 0 : -ENOMEM;
}

/* The run's strings go with its line; the kind of start is one of three. */
static const char *lasting_start(const char *start)
{
    return start[0] == 'c' ? "cold" : start[0] == 'p' ? "pooled" : "restored";
}

/* The value that a run was just given for its judged metric. */
static double judged_value(const struct cell_record *cell,
                           const struct result_workload *workload,
                           const struct result_run *run)
{
    const struct series *series = cell_series(cell, judged_metric(workload));

    if (run->failure != NULL || series == NULL || series->count == 0 ||
        series->samples[series->count - 1].block != run->block)
        return (double)RESULT_ABSENT;
    return series->samples[series->count - 1].value;
}

static int take_turn(struct collection *collection,
                     const struct result_run *run, double value)
{
    if (collection->turn_count == collection->turn_capacity) {
        size_t capacity = 2 * collection->turn_capacity + 64;
        struct turn *grown = reallocarray(collection->turns, capacity,
                                          sizeof(*collection->turns));

        if (grown == NULL)
            return -ENOMEM;
        collection->turns = grown;
        collection->turn_capacity = capacity;
    }
    collection->turns[collection->turn_count++] = (struct turn){
        .block = (int32_t)run->block,
        .position =
            (int32_t)(run->position < INT32_MAX ? run->position : INT32_MAX),
        .platform = (uint16_t)run->platform_index,
        .workload = (uint16_t)run->workload_index,
        .value = value,
    };
    return 0;
}

static int take_run(struct collection *collection, const struct result_run *run)
{
    const struct result_header *header = &collection->reader.header;
    struct cell_record *cell =
        collection_cell(collection, run->platform_index, run->workload_index);

    const struct result_workload *workload =
        &header->workloads[run->workload_index];
    int result;

    cell->start = lasting_start(run->start);
    if (run->failure != NULL) {
        result = take_failed_run(collection, cell, run);
    } else {
        count_flags(collection, cell, run->flags);
        result = take_good_run(cell, workload, run);
    }
    return result < 0
               ? result
               : take_turn(collection, run, judged_value(cell, workload, run));
}

static int compare_samples(const void *left, const void *right)
{
    const struct sample *a = left, *b = right;

    return (a->block > b->block) - (a->block < b->block);
}

static int compare_turns(const void *left, const void *right)
{
    const struct turn *a = left, *b = right;

    if (a->block != b->block)
        return (a->block > b->block) - (a->block < b->block);
    return (a->position > b->position) - (a->position < b->position);
}

/* As qsort(3), which takes its time and memory for what is in order, too. */
static void sort_unless_in_order(void *items, size_t count, size_t size,
                                 int (*compare)(const void *, const void *))
{
    const char *item = items;

    for (size_t i = 1; i < count; i++, item += size)
        if (compare(item, item + size) > 0) {
            qsort(items, count, size, compare);
            return;
        }
}

/* Blocks are drawn in order but a file need not keep to it. */
static void sort_samples(struct collection *collection)
{
    const struct result_header *header = &collection->reader.header;

    for (size_t i = 0; i < header->platform_count * header->workload_count;
         i++) {
        struct cell_record *cell = &collection->cells[i];

        for (size_t j = 0; j < cell->series_count; j++)
            sort_unless_in_order(cell->series[j].samples, cell->series[j].count,
                                 sizeof(struct sample), compare_samples);
    }
    sort_unless_in_order(collection->turns, collection->turn_count,
                         sizeof(*collection->turns), compare_turns);
}

int collection_read(const char *directory, struct collection *collection,
                    struct error *error)
{
    struct result_reader *reader = &collection->reader;
    struct result_run run;
    int result;

    memset(collection, 0, sizeof(*collection));
    result = results_open(directory, reader, error);
    if (result < 0)
        return result;
    collection->cells = calloc(
        reader->header.platform_count * reader->header.workload_count + 1,
        sizeof(*collection->cells));
    collection->failed_runs = json_array();
    if (collection->cells == NULL || collection->failed_runs == NULL)
        result = error_errno(error, ENOMEM, "%s", directory);
    while (result == 0 && (result = results_next(reader, &run, error)) > 0) {
        result = reader->runs <= MAX_COLLECTED ? take_run(collection, &run)
                                               : -EOVERFLOW;
        if (result == -E2BIG)
            error_set(error, E2BIG,
                      "%s:%lld: %s on %s reported more than %d metrics",
                      reader->path, (long long)reader->line_number,
                      run.workload, run.platform, MAX_SERIES);
        else if (result == -EOVERFLOW)
            error_set(error, EOVERFLOW,
                      "%s: more than %d runs are too many to summarise; "
                      "validate and export take any number",
                      reader->path, MAX_COLLECTED);
        else if (result < 0)
            error_errno(error, -result, "%s", reader->path);
    }
    if (result < 0)
        collection_release(collection);
    else
        sort_samples(collection);
    return result;
}

static void cell_release(struct cell_record *cell)
{
    for (size_t i = 0; i < cell->series_count; i++) {
        free(cell->series[i].metric);
        free(cell->series[i].unit);
        free(cell->series[i].samples);
        free(cell->series[i].why);
    }
    for (size_t i = 0; i < cell->digest_count; i++)
        free(cell->digests[i].digest);
    free(cell->clock.samples);
    free(cell->series);
    free(cell->digests);
    free(cell->first_failure);
}

void collection_release(struct collection *collection)
{
    const struct result_header *header = &collection->reader.header;

    if (collection->cells != NULL)
        for (size_t i = 0; i < header->platform_count * header->workload_count;
             i++)
            cell_release(&collection->cells[i]);
    free(collection->cells);
    free(collection->turns);
    json_decref(collection->failed_runs);
    results_reader_close(&collection->reader);
    memset(collection, 0, sizeof(*collection));
}
