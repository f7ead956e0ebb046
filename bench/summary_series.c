/* The values of a cell, metric by metric; see summary_series.h. */
#include "bench/summary_series.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

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

    if (cell->series_count == SERIES_MAX)
        return -E2BIG;
    grown = reallocarray(cell->series, cell->series_count + 1, sizeof(*grown));
    if (grown == NULL)
        return -ENOMEM;
    cell->series = grown;
    *series = &grown[cell->series_count++];
    **series = (struct series){.metric = strdup(metric), .unit = strdup(unit)};
    return (*series)->metric != NULL && (*series)->unit != NULL ? 0 : -ENOMEM;
}

int series_put(struct series *series, const struct result_run *run,
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

int series_take(struct cell_record *cell, const char *metric, const char *unit,
                const struct result_run *run, double value,
                struct series **series)
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
        return series_take(cell, cost->name, cost->unit, run, cost->value,
                           &series);
    if (cost->why == NULL)
        return 0;
    if (series == NULL)
        result = series_add(cell, cost->name, cost->unit, &series);
    if (result == 0 && series->why == NULL)
        result = (series->why = strdup(cost->why)) == NULL ? -ENOMEM : 0;
    return result;
}
