/*
 * From series of values to the cells of summary.json: a median with its
 * interval, the ratio to native paired by block, the verdict, and where there
 * is no figure, why.
 */
#include "bench/summary_cells.h"

#include "bench/statistics.h"
#include "bench/summary.h"
#include "bench/summary_gate.h"
#include "oci/cleanup.h"

#include <math.h>
#include <string.h>

enum { WHY_SIZE = RESULT_MAX_TEXT + 64 };

/* One workload on its way through: what all of its cells share. */
struct workload_view {
    const struct collection *collection;
    const struct result_header *header;
    const struct result_workload *workload;
    size_t index;
    int native, control; /* platform indices, -1: none */
    const char *digest;
    const char **metrics; /* borrowed, derived ones first */
    size_t metric_count;
};

const char *judged_metric(const struct result_workload *workload)
{
    if (workload->primary != NULL)
        return workload->primary;
    return strcmp(workload->group, "idle") == 0 ? "memory_pss"
                                                : "spawn_to_exit";
}

json_t *number_to_json(double value)
{
    static const double exact = 9007199254740992.0; /* 2^53 */

    if (value == floor(value) && fabs(value) < exact)
        return json_integer((json_int_t)value);
    return json_real(value);
}

/* A unit of a rate is better the higher it is. */
static bool higher_is_better(const char *unit)
{
    const char *slash = unit != NULL ? strrchr(unit, '/') : NULL;

    return slash != NULL && strcmp(slash, "/s") == 0;
}

static int compare_samples(const void *left, const void *right)
{
    const struct sample *a = left, *b = right;

    return (a->block > b->block) - (a->block < b->block);
}

/* A series whose figures count: not refused by the gate, one unit. */
static const struct series *good_series(const struct workload_view *view,
                                        int platform, const char *metric)
{
    const struct series *series;

    if (platform < 0 || gate_refuses(view->collection, (size_t)platform,
                                     view->index, view->digest) != NULL)
        return NULL;
    series = cell_series(
        collection_cell(view->collection, (size_t)platform, view->index),
        metric);
    return series != NULL && !series->mixed_units ? series : NULL;
}

/* The values of both series in the blocks that both have; how many. */
static size_t pair_up(const struct series *measured,
                      const struct series *reference, double *ours,
                      double *theirs)
{
    size_t i = 0, j = 0, pairs = 0;

    while (i < measured->count && j < reference->count) {
        const struct sample *a = &measured->samples[i];
        const struct sample *b = &reference->samples[j];

        if (a->block == b->block) {
            ours[pairs] = a->value;
            theirs[pairs++] = b->value;
        }
        i += a->block <= b->block;
        j += b->block <= a->block;
    }
    return pairs;
}

/* A platform's ratio to native; n = 0 where there is none. */
static int ratio_to_native(const struct workload_view *view, int platform,
                           const char *metric, struct ratio *ratio)
{
    const struct series *measured = good_series(view, platform, metric);
    const struct series *reference = good_series(view, view->native, metric);
    _cleanup_free_ double *values = NULL;
    size_t pairs;

    *ratio = (struct ratio){0};
    if (measured == NULL || reference == NULL || platform == view->native ||
        strcmp(measured->unit, reference->unit) != 0)
        return 0;
    values = calloc(2 * measured->count + 1, sizeof(*values));
    if (values == NULL)
        return -ENOMEM;
    pairs = pair_up(measured, reference, values, values + measured->count);
    return ratio_compute(values, values + measured->count, pairs, ratio);
}

static int add_interval(json_t *object, bool present,
                        const struct interval *interval)
{
    json_t *low = present ? number_to_json(interval->low) : json_null();
    json_t *high = present ? number_to_json(interval->high) : json_null();

    return json_object_set_new(object, "low", low) < 0 ||
                   json_object_set_new(object, "high", high) < 0
               ? -ENOMEM
               : 0;
}

/* The A/A interval of a metric, or NULL where there is none. */
static const struct interval *noise_of(const struct workload_view *view,
                                       const char *metric,
                                       struct ratio *control)
{
    if (view->control < 0 ||
        ratio_to_native(view, view->control, metric, control) < 0)
        return NULL;
    return control->has_interval ? &control->interval : NULL;
}

static json_t *ratio_to_json(const struct workload_view *view, int platform,
                             const struct series *series)
{
    struct ratio ratio, control;
    const struct interval *noise = NULL;
    enum verdict verdict;
    json_t *object;

    if (ratio_to_native(view, platform, series->metric, &ratio) < 0)
        return NULL;
    if (ratio.n == 0)
        return json_null();
    if (platform != view->control)
        noise = noise_of(view, series->metric, &control);
    verdict = verdict_decide(&ratio, SUMMARY_EQUIVALENCE_BAND, noise,
                             higher_is_better(series->unit));
    object = json_pack("{s:I, s:o}", "n", (json_int_t)ratio.n, "median",
                       number_to_json(ratio.median));
    if (object != NULL &&
        add_interval(object, ratio.has_interval, &ratio.interval) == 0)
        json_object_set_new(object, "verdict",
                            json_string(verdict_name(verdict)));
    return object;
}

/* The figures of a cell that has some. */
static int add_figures(const struct workload_view *view, int platform,
                       const struct series *series, json_t *cell)
{
    _cleanup_free_ double *values = calloc(series->count, sizeof(*values));
    struct estimate estimate;

    if (values == NULL)
        return -ENOMEM;
    for (size_t i = 0; i < series->count; i++)
        values[i] = series->samples[i].value;
    estimate_compute(values, series->count, &estimate);
    json_object_set_new(cell, "n", json_integer((json_int_t)estimate.n));
    json_object_set_new(cell, "median", number_to_json(estimate.median));
    add_interval(cell, estimate.has_interval, &estimate.interval);
    json_object_set_new(cell, "minimum", number_to_json(estimate.minimum));
    json_object_set_new(cell, "maximum", number_to_json(estimate.maximum));
    return json_object_set_new(cell, "ratio",
                               ratio_to_json(view, platform, series)) < 0
               ? -ENOMEM
               : 0;
}

/* Why a platform that took part has no figure here. */
static void explain_gap(const struct workload_view *view, int platform,
                        const char *metric, char why[WHY_SIZE])
{
    const struct cell_record *cell =
        collection_cell(view->collection, (size_t)platform, view->index);
    const char *refused = gate_refuses(view->collection, (size_t)platform,
                                       view->index, view->digest);
    const struct series *series = cell_series(cell, metric);

    if (cell->good == 0 && cell->failures > 0)
        snprintf(why, WHY_SIZE, "all %zu runs failed, the first with: %s",
                 cell->failures, cell->first_failure);
    else if (cell->good == 0)
        snprintf(why, WHY_SIZE, "the session ended before its first run");
    else if (refused != NULL)
        snprintf(why, WHY_SIZE, "%s", refused);
    else if (series != NULL)
        snprintf(why, WHY_SIZE, "runs reported it in different units");
    else
        snprintf(why, WHY_SIZE, "none of its runs had this figure");
}

/* The unit that the first platform to report the metric gave it, or NULL. */
static const char *unit_of(const struct workload_view *view, const char *metric)
{
    for (size_t i = 0; i < view->header->platform_count; i++) {
        const struct series *series = cell_series(
            collection_cell(view->collection, i, view->index), metric);

        if (series != NULL)
            return series->unit;
    }
    return NULL;
}

/* A cell as it looks without figures: complete, every number null. */
static json_t *empty_cell(const struct workload_view *view,
                          const char *platform, const char *start,
                          const char *metric, const char *unit)
{
    return json_pack(
        "{s:s, s:s, s:s?, s:s, s:s?, s:s, s:b, s:i, s:i, s:n, s:n, s:n, s:n, "
        "s:n, s:n, s:n}",
        "platform", platform, "workload", view->workload->name, "start", start,
        "metric", metric, "unit", unit, "better",
        higher_is_better(unit) ? "higher" : "lower", "primary",
        strcmp(metric, judged_metric(view->workload)) == 0, "n", 0, "failures",
        0, "median", "low", "high", "minimum", "maximum", "ratio", "why");
}

static int add_cell(const struct workload_view *view, int platform,
                    const char *metric, json_t *cells)
{
    const struct series *series = good_series(view, platform, metric);
    const struct cell_record *record =
        collection_cell(view->collection, (size_t)platform, view->index);
    json_t *cell = empty_cell(
        view, view->header->platforms[platform].name, record->start, metric,
        series != NULL ? series->unit : unit_of(view, metric));
    char why[WHY_SIZE];

    if (json_array_append_new(cells, cell) < 0)
        return -ENOMEM;
    json_object_set_new(cell, "failures",
                        json_integer((json_int_t)record->failures));
    if (series != NULL)
        return add_figures(view, platform, series, cell);
    explain_gap(view, platform, metric, why);
    return json_object_set_new(cell, "why", json_string(why)) < 0 ? -ENOMEM : 0;
}

static int add_left_out(const struct workload_view *view,
                        const struct result_left_out *left_out,
                        const char *metric, json_t *cells)
{
    char why[WHY_SIZE];
    json_t *cell = empty_cell(view, left_out->platform, NULL, metric,
                              unit_of(view, metric));

    if (json_array_append_new(cells, cell) < 0)
        return -ENOMEM;
    snprintf(why, sizeof(why), "left out: %s", left_out->reason);
    return json_object_set_new(cell, "why", json_string(why)) < 0 ? -ENOMEM : 0;
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
        if (unit_of(view, metric->name) != NULL)
            result = view_add_metric(view, metric->name);
    for (size_t i = 0; i < view->header->platform_count; i++) {
        const struct cell_record *cell =
            collection_cell(view->collection, i, view->index);

        for (size_t j = 0; j < cell->series_count && result == 0; j++)
            result = view_add_metric(view, cell->series[j].metric);
    }
    return result;
}

static int add_noise_floor(const struct workload_view *view,
                           json_t *noise_floor)
{
    struct ratio control;
    const struct interval *noise =
        noise_of(view, judged_metric(view->workload), &control);
    json_t *object;

    if (noise == NULL)
        return 0;
    object = json_object();
    if (json_object_set_new(noise_floor, view->workload->name, object) < 0)
        return -ENOMEM;
    return add_interval(object, true, noise);
}

static int add_workload(struct workload_view *view, json_t *cells,
                        json_t *noise_floor)
{
    const struct result_header *header = view->header;
    int result = view_list_metrics(view);

    if (result == 0)
        result = add_noise_floor(view, noise_floor);
    for (size_t i = 0; i < header->platform_count; i++)
        for (size_t j = 0; j < view->metric_count && result == 0; j++)
            result = add_cell(view, (int)i, view->metrics[j], cells);
    for (size_t i = 0; i < header->left_out_count; i++)
        for (size_t j = 0; j < view->metric_count && result == 0; j++)
            result = add_left_out(view, &header->left_out[i], view->metrics[j],
                                  cells);
    return result;
}

static int control_platform(const struct result_header *header)
{
    for (size_t i = 0; i < header->platform_count; i++)
        if (header->platforms[i].control)
            return (int)i;
    return -1;
}

/* Blocks are drawn in order but a file need not keep to it. */
static void sort_samples(const struct collection *collection)
{
    const struct result_header *header = &collection->reader.header;

    for (size_t i = 0; i < header->platform_count * header->workload_count;
         i++) {
        struct cell_record *cell = &collection->cells[i];

        for (size_t j = 0; j < cell->series_count; j++)
            qsort(cell->series[j].samples, cell->series[j].count,
                  sizeof(struct sample), compare_samples);
    }
}

int cells_to_json(const struct collection *collection, json_t *cells,
                  json_t *noise_floor)
{
    const struct result_header *header = &collection->reader.header;
    int result = 0;

    sort_samples(collection);
    for (size_t i = 0; i < header->workload_count && result == 0; i++) {
        struct workload_view view = {
            .collection = collection,
            .header = header,
            .workload = &header->workloads[i],
            .index = i,
            .native = reference_platform(header),
            .control = control_platform(header),
            .digest = gate_digest(collection, i),
        };

        result = add_workload(&view, cells, noise_floor);
        free(view.metrics);
    }
    return result;
}
