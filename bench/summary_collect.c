/*
 * One pass over the record: every good run adds its values to the series of
 * its cell, every failed one is counted and kept by name.
 */
#include "bench/summary_collect.h"

#include "bench/flags.h"
#include "bench/summary_series.h"
#include "bench/summary_view.h"
#include "oci/cleanup.h"

#include <string.h>

enum {
    /* All are held in memory, about 350 bytes each. */
    MAX_COLLECTED = 1 << 22,
    /* More different digests than this in one cell tell nothing more. */
    MAX_DIGESTS = 16,
};

struct cell_record *collection_cell(const struct collection *collection,
                                    size_t platform, size_t workload)
{
    return &collection
                ->cells[platform * collection->reader.header.workload_count +
                        workload];
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
            result = series_take(cell, metric->name, metric->unit, run, value,
                                 &series);
    }
    for (size_t i = 0; i < run->metric_count && result == 0; i++) {
        const struct result_metric *metric = &run->metrics[i];

        if (derived_metric_named(metric->name))
            continue;
        result = series_take(cell, metric->name, metric->unit, run,
                             metric->value, &series);
        if (result == 0)
            series->inner = is_inner(metric);
    }
    for (size_t i = 0; i < run->cost_count && result == 0; i++)
        if (!derived_metric_named(run->costs[i].name))
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
                      run.workload, run.platform, SERIES_MAX);
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
