/*
 * Function apart from speed; see summary_function.h. A run's outcome is what
 * it wrote to standard output and the status it ended with. Where runs of one
 * platform differ among themselves the program is not one whose outcomes could
 * be compared, and this is said instead.
 */
#include "bench/summary_function.h"

#include "bench/results.h"
#include "oci/cleanup.h"

#include <string.h>

enum { OUTCOMES_MAX = 8 };

struct outcome {
    char *sha256;
    int64_t bytes, status;
    size_t runs;
};

/* Those of one workload on one platform. */
struct outcomes {
    struct outcome items[OUTCOMES_MAX];
    size_t count;
};

struct tally {
    const struct result_header *header;
    struct outcomes *cells; /* by platform, then workload */
};

static struct outcomes *cell_of(const struct tally *tally, size_t platform,
                                size_t workload)
{
    return &tally->cells[platform * tally->header->workload_count + workload];
}

static bool is_outcome(const struct outcome *outcome, const char *sha256,
                       int64_t status)
{
    return outcome->status == status && strcmp(outcome->sha256, sha256) == 0;
}

/* More kinds of outcome than there is room for are as good as that many. */
static int take(struct outcomes *outcomes, const struct result_run *run)
{
    struct outcome *outcome;

    for (size_t i = 0; i < outcomes->count; i++) {
        if (is_outcome(&outcomes->items[i], run->output_sha256, run->status)) {
            outcomes->items[i].runs++;
            return 0;
        }
    }
    if (outcomes->count == OUTCOMES_MAX)
        return 0;
    outcome = &outcomes->items[outcomes->count];
    *outcome = (struct outcome){.sha256 = strdup(run->output_sha256),
                                .bytes = run->output_bytes,
                                .status = run->status,
                                .runs = 1};
    if (outcome->sha256 == NULL)
        return -ENOMEM;
    outcomes->count++;
    return 0;
}

static int read_runs(const char *directory, struct tally *tally,
                     struct error *error)
{
    struct result_reader reader;
    struct result_run run;
    int result = results_open(directory, &reader, error);

    if (result < 0)
        return result;
    while ((result = results_next(&reader, &run, error)) > 0) {
        if (run.output_sha256 == NULL || run.status < 0)
            continue;
        if (take(cell_of(tally, run.platform_index, run.workload_index), &run) <
            0) {
            result = error_set(error, ENOMEM, "out of memory");
            break;
        }
    }
    results_reader_close(&reader);
    return result;
}

/* The outcome that most platforms had first, the earlier one in a tie. */
static const struct outcome *find_common(const struct tally *tally,
                                         size_t workload)
{
    const struct outcome *common = NULL;
    size_t most = 0;

    for (size_t i = 0; i < tally->header->platform_count; i++) {
        const struct outcome *one = &cell_of(tally, i, workload)->items[0];
        size_t votes = 0;

        if (cell_of(tally, i, workload)->count == 0)
            continue;
        for (size_t j = 0; j < tally->header->platform_count; j++) {
            const struct outcomes *other = cell_of(tally, j, workload);

            votes += other->count > 0 &&
                     is_outcome(&other->items[0], one->sha256, one->status);
        }
        if (votes > most) {
            common = one;
            most = votes;
        }
    }
    return common;
}

static json_t *outcomes_to_json(const struct outcomes *outcomes)
{
    json_t *array = json_array();

    for (size_t i = 0; i < outcomes->count; i++) {
        const struct outcome *outcome = &outcomes->items[i];

        json_array_append_new(
            array, json_pack("{s:s, s:I, s:I, s:I}", "sha256", outcome->sha256,
                             "bytes", (json_int_t)outcome->bytes, "status",
                             (json_int_t)outcome->status, "runs",
                             (json_int_t)outcome->runs));
    }
    return array;
}

/* NULL where no run of the workload has an outcome. */
static json_t *workload_to_json(const struct tally *tally, size_t workload)
{
    const struct outcome *common = find_common(tally, workload);
    json_t *platforms = json_array(), *disagreeing = json_array();
    bool varies = false;

    for (size_t i = 0; i < tally->header->platform_count; i++) {
        const struct outcomes *outcomes = cell_of(tally, i, workload);
        const char *name = tally->header->platforms[i].name;

        if (outcomes->count == 0)
            continue;
        varies = varies || outcomes->count > 1;
        json_array_append_new(platforms, json_pack("{s:s, s:o}", "platform",
                                                   name, "outcomes",
                                                   outcomes_to_json(outcomes)));
        if (outcomes->count > 1 ||
            !is_outcome(&outcomes->items[0], common->sha256, common->status))
            json_array_append_new(disagreeing, json_string(name));
    }
    if (common == NULL) {
        json_decref(platforms);
        json_decref(disagreeing);
        return NULL;
    }
    return json_pack("{s:s, s:b, s:b, s:o, s:o}", "workload",
                     tally->header->workloads[workload].name, "agree",
                     json_array_size(disagreeing) == 0, "varies", varies,
                     "disagreeing", disagreeing, "platforms", platforms);
}

static bool has_own(const struct result_header *header)
{
    for (size_t i = 0; i < header->workload_count; i++) {
        if (strcmp(header->workloads[i].group, "own") == 0)
            return true;
    }
    return false;
}

static void release(const struct tally *tally)
{
    size_t cells =
        tally->header->platform_count * tally->header->workload_count;

    for (size_t i = 0; i < cells; i++) {
        for (size_t j = 0; j < tally->cells[i].count; j++)
            free(tally->cells[i].items[j].sha256);
    }
    free(tally->cells);
}

json_t *function_to_json(const char *directory,
                         const struct result_header *header,
                         struct error *error)
{
    struct tally tally = {.header = header};
    json_t *array = json_array();
    int result;

    if (!has_own(header))
        return array;
    tally.cells = calloc(header->platform_count * header->workload_count,
                         sizeof(*tally.cells));
    result = tally.cells == NULL ? error_set(error, ENOMEM, "out of memory")
                                 : read_runs(directory, &tally, error);
    for (size_t i = 0; result == 0 && i < header->workload_count; i++) {
        json_t *one = workload_to_json(&tally, i);

        if (one != NULL)
            json_array_append_new(array, one);
    }
    if (tally.cells != NULL)
        release(&tally);
    if (result == 0)
        return array;
    json_decref(array);
    return NULL;
}
