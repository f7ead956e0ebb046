/*
 * The single values behind the medians, out of results.jsonl. They are only
 * drawn, never judged by, so a line that cannot be read is counted and passed
 * over instead of refusing the page.
 */
#include "report/record.h"

#include "oci/cleanup.h"
#include "report/record_pick.h"

#include <math.h>
#include <string.h>

enum { MAX_LINE = 1 << 20 }; /* with its end, as results.jsonl promises */

/* The judged value of a run, NAN when it has none. */
static double judged_value(const struct picked_run *run,
                           const struct workload_entry *workload)
{
    if (workload->group == GROUP_IDLE)
        return run->pss;
    if (strcmp(workload->judged_by, "spawn_to_exit") == 0)
        return run->exit_ns;
    return record_pick_metric(run, workload->judged_by);
}

/* Failed runs and runs without the judged value give nothing. */
static bool read_run(const struct record *record, const struct picked_run *run,
                     struct raw_value *raw)
{
    if (run->platform == NULL || run->workload == NULL || run->failed)
        return false;
    raw->platform = record_platform(record, run->platform);
    raw->workload = record_workload(record, run->workload);
    raw->block = run->block;
    if (raw->platform == NULL || raw->workload == NULL)
        return false;
    raw->order = record->runs_seen - 1;
    raw->flagged = run->flags > 0;
    raw->value = judged_value(run, raw->workload);
    return isfinite(raw->value) && raw->value >= 0;
}

static int append(struct record *record, size_t *capacity,
                  const struct raw_value *raw)
{
    if (record->raw_count == *capacity) {
        size_t larger = *capacity == 0 ? 1024 : *capacity * 2;
        struct raw_value *grown =
            reallocarray(record->raw, larger, sizeof(*grown));

        if (grown == NULL)
            return -ENOMEM;
        record->raw = grown;
        *capacity = larger;
    }
    record->raw[record->raw_count++] = *raw;
    return 0;
}

static int read_line(struct record *record, char *line, size_t length,
                     size_t *capacity)
{
    struct picked_run run = {0};
    struct raw_value raw;
    int result = 0;

    if (length >= MAX_LINE || !record_pick(line, length, &run) ||
        run.type == NULL) {
        record->unreadable_lines++;
    } else if (strcmp(run.type, "run") == 0) {
        record->runs_seen++;
        record->flagged_runs += run.flags > 0;
        if (read_run(record, &run, &raw))
            result = append(record, capacity, &raw);
    }
    record_pick_release(&run);
    return result;
}

/* Entries of one record lie in one array each, so addresses have an order. */
static int by_cell(const struct raw_value *a, const struct raw_value *b)
{
    if (a->workload != b->workload)
        return a->workload < b->workload ? -1 : 1;
    if (a->platform != b->platform)
        return a->platform < b->platform ? -1 : 1;
    return 0;
}

static int by_cell_and_block(const void *left, const void *right)
{
    const struct raw_value *a = left, *b = right;
    const int order = by_cell(a, b);

    if (order != 0)
        return order;
    return a->block != b->block ? (a->block > b->block) - (a->block < b->block)
                                : (a->order > b->order) - (a->order < b->order);
}

void record_sort_raw(struct record *record)
{
    if (record->raw_count > 0)
        qsort(record->raw, record->raw_count, sizeof(*record->raw),
              by_cell_and_block);
}

const struct raw_value *record_values(const struct record *record,
                                      const struct workload_entry *workload,
                                      const struct platform_entry *platform,
                                      size_t *count)
{
    const struct raw_value wanted = {.platform = platform,
                                     .workload = workload};
    size_t low = 0, high = record->raw_count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (by_cell(&record->raw[middle], &wanted) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    high = low;
    while (high < record->raw_count &&
           by_cell(&record->raw[high], &wanted) == 0)
        high++;
    *count = high - low;
    return *count > 0 ? &record->raw[low] : NULL;
}

int record_load_raw(const char *directory, struct record *record,
                    struct error *error)
{
    _cleanup_free_ char *path = NULL, *line = NULL;
    _cleanup_file_ FILE *file = NULL;
    size_t size = 0, capacity = 0;
    ssize_t length;

    if (asprintf(&path, "%s/results.jsonl", directory) < 0) {
        path = NULL;
        return error_errno(error, ENOMEM, "%s", directory);
    }
    file = fopen(path, "re");
    if (file == NULL)
        return errno == ENOENT ? 0 : error_errno(error, errno, "%s", path);
    record->has_raw = true;
    while ((length = getline(&line, &size, file)) > 0) {
        if (line[length - 1] != '\n')
            break; /* was being written when the session was cut off */
        line[--length] = '\0';
        if (read_line(record, line, (size_t)length, &capacity) < 0)
            return error_errno(error, ENOMEM, "%s", path);
    }
    if (ferror(file))
        return error_errno(error, errno, "%s", path);
    record_sort_raw(record);
    return 0;
}
