/*
 * From series of values to the cells of summary.json: a median with its
 * interval, the ratio to native paired by block, the verdict, and where there
 * is no figure, why.
 */
#include "bench/summary_cells.h"

#include "bench/summary.h"
#include "bench/summary_clock.h"
#include "bench/summary_gate.h"
#include "bench/summary_view.h"
#include "oci/cleanup.h"

#include <math.h>
#include <string.h>

enum { WHY_SIZE = RESULT_MAX_TEXT + 64 };

json_t *number_to_json(double value)
{
    static const double exact = 9007199254740992.0; /* 2^53 */

    if (value == floor(value) && fabs(value) < exact)
        return json_integer((json_int_t)value);
    return json_real(value);
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

/*
 * Adds the verdict on a ratio and its level, by the logarithms of its pairs;
 * family_judge has the last word on both.
 */
static int add_verdict(const struct workload_view *view, int platform,
                       const struct series *series, const struct ratio *ratio,
                       const double *logarithms, json_t *object)
{
    const struct interval *noise =
        platform != view->control ? view_noise(view, series->metric) : NULL;
    const struct verdict_rule rule =
        verdict_rule(SUMMARY_EQUIVALENCE_BAND, noise);
    enum verdict verdict =
        verdict_decide(ratio, SUMMARY_EQUIVALENCE_BAND, noise,
                       unit_higher_is_better(series->unit));
    double p = verdict_p_of_logarithms(logarithms, ratio->n, &rule);

    if (series->inner && clock_disagrees(view->collection, (size_t)platform)) {
        verdict = VERDICT_INCONCLUSIVE;
        p = 1;
    }
    json_object_set_new(object, "verdict", json_string(verdict_name(verdict)));
    json_object_set_new(object, "p", number_to_json(p));
    json_object_set_new(object, "p_adjusted", json_null());
    return json_object_set_new(object, "verdict_corrected", json_null()) < 0
               ? -ENOMEM
               : 0;
}

static json_t *ratio_to_json(const struct workload_view *view, int platform,
                             const struct series *series)
{
    struct ratio ratio;
    json_t *object;
    size_t pairs;
    _cleanup_free_ double *logarithms =
        view_logarithms(view, platform, series->metric, &pairs);

    if (logarithms == NULL)
        return NULL;
    ratio_of_logarithms(logarithms, pairs, &ratio);
    if (ratio.n == 0)
        return json_null();
    object = json_pack("{s:I, s:o}", "n", (json_int_t)ratio.n, "median",
                       number_to_json(ratio.median));
    if (object == NULL ||
        add_interval(object, ratio.has_interval, &ratio.interval) < 0 ||
        add_verdict(view, platform, series, &ratio, logarithms, object) < 0) {
        json_decref(object);
        return NULL;
    }
    return object;
}

/*
 * The cell's figures once more, without the runs that have flags; null where
 * no run of the workload has any, so that nothing would be different.
 */
static json_t *without_flagged(const struct workload_view *view, int platform,
                               const struct series *series)
{
    struct workload_view other = *view;
    _cleanup_free_ double *values = NULL;
    struct estimate estimate;
    json_t *object;
    size_t n;

    if (!view->has_flagged)
        return json_null();
    other.without_flagged = true;
    values = view_values(&other, platform, series->metric, false, &n);
    if (values == NULL)
        return NULL;
    estimate_compute(values, n, &estimate);
    object = json_pack("{s:I, s:o, s:o}", "n", (json_int_t)n, "median",
                       n > 0 ? number_to_json(estimate.median) : json_null(),
                       "ratio", ratio_to_json(&other, platform, series));
    if (object != NULL &&
        add_interval(object, estimate.has_interval, &estimate.interval) < 0) {
        json_decref(object);
        return NULL;
    }
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
    if (series->inner && clock_disagrees(view->collection, (size_t)platform))
        json_object_set_new(cell, "why", json_string(clock_reason));
    if (json_object_set_new(cell, "without_flagged",
                            without_flagged(view, platform, series)) < 0)
        return -ENOMEM;
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
    const char *skipped = result_header_skips(
        view->header, view->header->platforms[platform].name,
        view->workload->name);

    if (skipped != NULL && cell->good == 0 && cell->failures == 0)
        snprintf(why, WHY_SIZE, "%s%s",
                 strncmp(skipped, RESULT_CANNOT, strlen(RESULT_CANNOT)) == 0
                     ? ""
                     : "left out: ",
                 skipped);
    else if (cell->good == 0 && cell->failures > 0)
        snprintf(why, WHY_SIZE, "all %zu runs failed, the first with: %s",
                 cell->failures, cell->first_failure);
    else if (cell->good == 0)
        snprintf(why, WHY_SIZE, "the session ended before its first run");
    else if (refused != NULL)
        snprintf(why, WHY_SIZE, "%s", refused);
    else if (series != NULL && series->why != NULL)
        snprintf(why, WHY_SIZE, "%s", series->why);
    else if (series != NULL)
        snprintf(why, WHY_SIZE, "runs reported it in different units");
    else
        snprintf(why, WHY_SIZE, "none of its runs had this figure");
}

/* A cell as it looks without figures: complete, every number null. */
static json_t *empty_cell(const struct workload_view *view,
                          const char *platform, const char *start,
                          const char *metric, const char *unit)
{
    return json_pack(
        "{s:s, s:s, s:s?, s:s, s:s?, s:s, s:b, s:i, s:i, s:n, s:n, s:n, s:n, "
        "s:n, s:n, s:n, s:n}",
        "platform", platform, "workload", view->workload->name, "start", start,
        "metric", metric, "unit", unit, "better",
        unit_higher_is_better(unit) ? "higher" : "lower", "primary",
        strcmp(metric, judged_metric(view->workload)) == 0, "n", 0, "failures",
        0, "median", "low", "high", "minimum", "maximum", "ratio",
        "without_flagged", "why");
}

static int add_cell(const struct workload_view *view, int platform,
                    const char *metric, json_t *cells)
{
    const struct series *series = view_series(view, platform, metric);
    const struct cell_record *record =
        collection_cell(view->collection, (size_t)platform, view->index);
    json_t *cell = empty_cell(
        view, view->header->platforms[platform].name, record->start, metric,
        series != NULL ? series->unit : view_unit(view, metric));
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
                              view_unit(view, metric));

    if (json_array_append_new(cells, cell) < 0)
        return -ENOMEM;
    snprintf(why, sizeof(why), "left out: %s", left_out->reason);
    return json_object_set_new(cell, "why", json_string(why)) < 0 ? -ENOMEM : 0;
}

static int add_noise_floor(const struct workload_view *view,
                           json_t *noise_floor)
{
    const struct interval *noise =
        view_noise(view, judged_metric(view->workload));
    json_t *object;

    if (noise == NULL)
        return 0;
    object = json_object();
    if (json_object_set_new(noise_floor, view->workload->name, object) < 0)
        return -ENOMEM;
    return add_interval(object, true, noise);
}

static int add_workload(const struct workload_view *view, json_t *cells,
                        json_t *noise_floor)
{
    const struct result_header *header = view->header;
    int result = add_noise_floor(view, noise_floor);

    for (size_t i = 0; i < header->platform_count; i++)
        for (size_t j = 0; j < view->metric_count && result == 0; j++)
            result = add_cell(view, (int)i, view->metrics[j], cells);
    for (size_t i = 0; i < header->left_out_count; i++)
        for (size_t j = 0; j < view->metric_count && result == 0; j++)
            result = add_left_out(view, &header->left_out[i], view->metrics[j],
                                  cells);
    return result;
}

int cells_to_json(const struct collection *collection, json_t *cells,
                  json_t *noise_floor)
{
    const struct result_header *header = &collection->reader.header;
    int result = 0;

    for (size_t i = 0; i < header->workload_count && result == 0; i++) {
        struct workload_view view;

        result = view_create(collection, i, &view);
        if (result == 0)
            result = add_workload(&view, cells, noise_floor);
        view_release(&view);
    }
    return result;
}
