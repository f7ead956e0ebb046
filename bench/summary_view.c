/* Series of one workload side by side; see the header. */
#include "bench/summary_view.h"

#include "bench/summary_gate.h"
#include "oci/cleanup.h"

#include <string.h>

const char *judged_metric(const struct result_workload *workload)
{
    if (workload->primary != NULL)
        return workload->primary;
    return strcmp(workload->group, "idle") == 0 ? "memory_pss"
                                                : "spawn_to_exit";
}

const struct series *view_series(const struct workload_view *view, int platform,
                                 const char *metric)
{
    const struct series *series;

    if (platform < 0 || gate_refuses(view->collection, (size_t)platform,
                                     view->index, view->digest) != NULL)
        return NULL;
    series = cell_series(
        collection_cell(view->collection, (size_t)platform, view->index),
        metric);
    return series != NULL && series->count > 0 && !series->mixed_units ? series
                                                                       : NULL;
}

static bool counts(const struct workload_view *view,
                   const struct sample *sample)
{
    return !(view->without_flagged && sample->flagged);
}

/* The values of both series in the blocks that both have; how many. */
static size_t pair_up(const struct workload_view *view,
                      const struct series *measured,
                      const struct series *reference, double *ours,
                      double *theirs)
{
    size_t i = 0, j = 0, pairs = 0;

    while (i < measured->count && j < reference->count) {
        const struct sample *a = &measured->samples[i];
        const struct sample *b = &reference->samples[j];

        if (a->block == b->block && counts(view, a) && counts(view, b)) {
            ours[pairs] = a->value;
            theirs[pairs++] = b->value;
        }
        i += a->block <= b->block;
        j += b->block <= a->block;
    }
    return pairs;
}

/*
 * A platform's values, *pairs of them, and after them (from *theirs) native's
 * of the same blocks. NULL: no memory; else the caller frees it.
 */
static double *pair_with_native(const struct workload_view *view, int platform,
                                const char *metric, double **theirs,
                                size_t *pairs)
{
    const struct series *measured = view_series(view, platform, metric);
    const struct series *reference = view_series(view, view->native, metric);
    size_t n = measured != NULL ? measured->count : 0;
    double *values = calloc(2 * n + 1, sizeof(*values));

    *pairs = 0;
    if (values == NULL)
        return NULL;
    *theirs = values + n;
    if (measured != NULL && reference != NULL && platform != view->native &&
        strcmp(measured->unit, reference->unit) == 0)
        *pairs = pair_up(view, measured, reference, values, *theirs);
    return values;
}

int view_ratio(const struct workload_view *view, int platform,
               const char *metric, struct ratio *ratio)
{
    double *theirs;
    size_t pairs;
    _cleanup_free_ double *values =
        pair_with_native(view, platform, metric, &theirs, &pairs);

    *ratio = (struct ratio){0};
    return values != NULL ? ratio_compute(values, theirs, pairs, ratio)
                          : -ENOMEM;
}

double *view_logarithms(const struct workload_view *view, int platform,
                        const char *metric, size_t *pairs)
{
    double *theirs;
    _cleanup_free_ double *values =
        pair_with_native(view, platform, metric, &theirs, pairs);

    return values != NULL ? ratio_logarithms(values, theirs, *pairs, pairs)
                          : NULL;
}

/* Divides by native's values; pairs with a zero are dropped. */
static size_t divide_by_native(const struct workload_view *view,
                               const struct series *measured,
                               const struct series *reference, double *values)
{
    double *native = values + measured->count;
    size_t pairs, kept = 0;

    if (reference == NULL)
        return 0;
    pairs = pair_up(view, measured, reference, values, native);
    for (size_t i = 0; i < pairs; i++)
        if (native[i] > 0)
            values[kept++] = values[i] / native[i];
    return kept;
}

double *view_values(const struct workload_view *view, int platform,
                    const char *metric, bool relative, size_t *count)
{
    const struct series *series = view_series(view, platform, metric);
    size_t n = series != NULL ? series->count : 0;
    double *values = calloc(2 * n + 1, sizeof(*values));

    *count = 0;
    if (values == NULL || series == NULL)
        return values;
    if (relative) {
        *count = divide_by_native(
            view, series, view_series(view, view->native, metric), values);
        return values;
    }
    for (size_t i = 0; i < n; i++)
        if (counts(view, &series->samples[i]))
            values[(*count)++] = series->samples[i].value;
    return values;
}

bool unit_higher_is_better(const char *unit)
{
    const char *slash = unit != NULL ? strrchr(unit, '/') : NULL;

    return slash != NULL && strcmp(slash, "/s") == 0;
}

const struct interval *view_noise(const struct workload_view *view,
                                  const char *metric)
{
    struct noise_entry *entry;
    size_t i = 0;

    while (i < view->metric_count && strcmp(view->metrics[i], metric) != 0)
        i++;
    if (view->control < 0 || i == view->metric_count)
        return NULL;
    entry = &view->noise[i + (view->without_flagged ? view->metric_count : 0)];
    if (!entry->known &&
        view_ratio(view, view->control, metric, &entry->control) < 0)
        return NULL;
    entry->known = true;
    return entry->control.has_interval ? &entry->control.interval : NULL;
}

const char *view_unit(const struct workload_view *view, const char *metric)
{
    for (size_t i = 0; i < view->header->platform_count; i++) {
        const struct series *series = cell_series(
            collection_cell(view->collection, i, view->index), metric);

        if (series != NULL)
            return series->unit;
    }
    return NULL;
}

static bool view_has_metric(const struct workload_view *view,
                            const char *metric)
{
    for (size_t i = 0; i < view->metric_count; i++)
        if (strcmp(view->metrics[i], metric) == 0)
            return true;
    return false;
}

static int view_add_metric(struct workload_view *view, const char *metric)
{
    const char **grown;

    if (view_has_metric(view, metric))
        return 0;
    grown = reallocarray(view->metrics, view->metric_count + 1, sizeof(*grown));
    if (grown == NULL)
        return -ENOMEM;
    view->metrics = grown;
    grown[view->metric_count++] = metric;
    return 0;
}

/* The judged metric first, then the harness's own, then the workload's. */
static int view_list_metrics(struct workload_view *view)
{
    int result = view_add_metric(view, judged_metric(view->workload));

    for (const struct derived_metric *metric = derived_metrics;
         metric->name != NULL && result == 0; metric++)
        if (view_unit(view, metric->name) != NULL)
            result = view_add_metric(view, metric->name);
    for (size_t i = 0; i < view->header->platform_count; i++) {
        const struct cell_record *cell =
            collection_cell(view->collection, i, view->index);

        for (size_t j = 0; j < cell->series_count && result == 0; j++)
            result = view_add_metric(view, cell->series[j].metric);
    }
    return result;
}

static int control_platform(const struct result_header *header)
{
    for (size_t i = 0; i < header->platform_count; i++)
        if (header->platforms[i].control)
            return (int)i;
    return -1;
}

int view_create(const struct collection *collection, size_t workload,
                struct workload_view *view)
{
    const struct result_header *header = &collection->reader.header;

    *view = (struct workload_view){
        .collection = collection,
        .header = header,
        .workload = &header->workloads[workload],
        .index = workload,
        .native = reference_platform(header),
        .control = control_platform(header),
        .digest = gate_digest(collection, workload),
    };
    for (size_t i = 0; i < header->platform_count; i++)
        view->has_flagged |=
            collection_cell(collection, i, workload)->flagged > 0;
    if (view_list_metrics(view) < 0)
        return -ENOMEM;
    view->noise = calloc(2 * view->metric_count + 1, sizeof(*view->noise));
    return view->noise != NULL ? 0 : -ENOMEM;
}

void view_release(struct workload_view *view)
{
    free(view->noise);
    free(view->metrics);
}
