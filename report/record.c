/*
 * The record as a whole: both files loaded, entries found by name.
 */
#include "report/record.h"

#include <stdlib.h>
#include <string.h>

int record_load(const char *directory, struct record *record,
                struct error *error)
{
    int result;

    *record = (struct record){0};
    result = record_load_summary(directory, record, error);
    if (result == 0)
        result = record_load_raw(directory, record, error);
    if (result < 0)
        record_release(record);
    return result;
}

void record_release(struct record *record)
{
    free(record->platforms);
    free(record->workloads);
    free(record->cells);
    free(record->raw);
    for (size_t i = 0; i < record->density_count; i++)
        free(record->density[i].points);
    free(record->density);
    free(record->surface);
    json_decref(record->document);
    *record = (struct record){0};
}

const struct platform_entry *record_platform(const struct record *record,
                                             const char *name)
{
    for (size_t i = 0; i < record->platform_count; i++)
        if (strcmp(record->platforms[i].name, name) == 0)
            return &record->platforms[i];
    return NULL;
}

const struct workload_entry *record_workload(const struct record *record,
                                             const char *name)
{
    for (size_t i = 0; i < record->workload_count; i++)
        if (strcmp(record->workloads[i].name, name) == 0)
            return &record->workloads[i];
    return NULL;
}

const struct cell *record_cell(const struct record *record,
                               const struct platform_entry *platform,
                               const struct workload_entry *workload,
                               const char *metric)
{
    for (size_t i = 0; i < record->cell_count; i++) {
        const struct cell *cell = &record->cells[i];

        if (cell->platform == platform && cell->workload == workload &&
            (metric != NULL ? strcmp(cell->metric, metric) == 0
                            : cell->primary))
            return cell;
    }
    return NULL;
}

void record_noise_floor(const struct record *record,
                        const struct workload_entry *workload, double *low,
                        double *high)
{
    json_t *floors = json_object_get(record->document, "noise_floor");
    json_t *floor = json_object_get(floors, workload->name);
    json_t *bottom = json_object_get(floor, "low");
    json_t *top = json_object_get(floor, "high");

    *low = *high = 1;
    if (!json_is_number(bottom) || !json_is_number(top) ||
        json_number_value(bottom) > json_number_value(top))
        return;
    *low = json_number_value(bottom);
    *high = json_number_value(top);
}

static bool is_cost(const char *metric)
{
    static const char ending[] = "_time_per_operation";
    const size_t length = strlen(metric);

    return length >= sizeof(ending) &&
           strcmp(metric + length - (sizeof(ending) - 1), ending) == 0;
}

size_t record_other_costs(const struct record *record,
                          const struct workload_entry *workload,
                          const char **metrics, size_t max)
{
    size_t count = 0;

    for (size_t i = 0; i < record->cell_count && count < max; i++) {
        const struct cell *cell = &record->cells[i];
        bool listed = cell->workload != workload || cell->primary ||
                      cell->value.n == 0 || !is_cost(cell->metric);

        for (size_t k = 0; !listed && k < count; k++)
            listed = strcmp(metrics[k], cell->metric) == 0;
        if (!listed)
            metrics[count++] = cell->metric;
    }
    return count;
}

const char *record_header_text(const struct record *record, const char *key,
                               const char *fallback)
{
    const char *text = json_string_value(json_object_get(record->header, key));

    return text != NULL ? text : fallback;
}
