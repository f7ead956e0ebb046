/* Two sessions side by side; see comparison.h. */
#include "bench/comparison.h"

#include "bench/summary.h"
#include "bench/summary_view.h"
#include "oci/cleanup.h"

#include <errno.h>
#include <math.h>
#include <string.h>

/* One workload that both sessions have. */
struct both {
    struct workload_view before, after;
};

static int add_row(struct comparison *comparison,
                   const struct comparison_row *row)
{
    struct comparison_row *grown =
        reallocarray(comparison->rows, comparison->count + 1, sizeof(*grown));
    struct comparison_row *added;

    if (grown == NULL)
        return -ENOMEM;
    comparison->rows = grown;
    added = &grown[comparison->count++];
    *added = *row;
    added->workload = strdup(row->workload);
    added->platform = strdup(row->platform);
    added->metric = strdup(row->metric);
    added->unit = strdup(row->unit);
    return added->workload != NULL && added->platform != NULL &&
                   added->metric != NULL && added->unit != NULL
               ? 0
               : -ENOMEM;
}

/* What the two A/A ratios reach at most; NULL where neither is known. */
static const struct interval *widest_noise(const struct both *both,
                                           const char *metric,
                                           struct interval *widest)
{
    const struct workload_view *views[] = {&both->before, &both->after};
    bool known = false;

    *widest = (struct interval){1, 1};
    for (size_t i = 0; i < 2; i++) {
        const struct interval *noise = view_noise(views[i], metric);

        if (noise == NULL)
            continue;
        widest->low = fmin(widest->low, noise->low);
        widest->high = fmax(widest->high, noise->high);
        known = true;
    }
    return known ? widest : NULL;
}

static int compare_values(double *before, size_t n, double *after, size_t m,
                          struct comparison_row *row)
{
    int result = shift_compute(before, n, after, m, &row->change);

    if (result < 0)
        return result;
    estimate_compute(before, n, &row->before);
    estimate_compute(after, m, &row->after);
    return 0;
}

/* The cell of one platform; nothing where one of the two lacks it. */
static int compare_cell(const struct comparison_options *options,
                        const struct both *both, int before, int after,
                        const char *metric, struct comparison *comparison)
{
    size_t n, m;
    _cleanup_free_ double *old =
        view_values(&both->before, before, metric, options->relative, &n);
    _cleanup_free_ double *new =
        view_values(&both->after, after, metric, options->relative, &m);
    const char *unit = view_unit(&both->after, metric);
    const struct interval *noise;
    struct comparison_row row = {0};
    struct verdict_rule rule;
    struct interval widest;

    if (old == NULL || new == NULL)
        return -ENOMEM;
    if (n == 0 || m == 0 || strcmp(unit, view_unit(&both->before, metric)) != 0)
        return 0;
    if (compare_values(old, n, new, m, &row) < 0)
        return -ENOMEM;
    noise = widest_noise(both, metric, &widest);
    row.workload = (char *)both->after.workload->name;
    row.platform = (char *)both->after.header->platforms[after].name;
    row.metric = (char *)metric;
    row.unit = options->relative ? (char *)"" : (char *)unit;
    row.higher_is_better = unit_higher_is_better(unit);
    row.verdict = verdict_decide(&row.change, SUMMARY_EQUIVALENCE_BAND, noise,
                                 row.higher_is_better);
    rule = verdict_rule(SUMMARY_EQUIVALENCE_BAND, noise);
    if (shift_verdict_p(old, n, new, m, &rule, &row.p) < 0)
        return -ENOMEM;
    return add_row(comparison, &row);
}

static int compare_workload(const struct comparison_options *options,
                            const struct both *both,
                            struct comparison *comparison)
{
    const struct result_header *header = both->after.header;
    size_t metrics = options->all_metrics ? both->after.metric_count : 1;

    for (size_t i = 0; i < metrics; i++)
        for (size_t j = 0; j < header->platform_count; j++) {
            int before = result_platform_index(both->before.header,
                                               header->platforms[j].name);

            if (before >= 0 &&
                !(options->relative && (int)j == both->after.native) &&
                compare_cell(options, both, before, (int)j,
                             both->after.metrics[i], comparison) < 0)
                return -ENOMEM;
        }
    return 0;
}

static int compare_all(const struct comparison_options *options,
                       const struct collection *before,
                       const struct collection *after,
                       struct comparison *comparison)
{
    const struct result_header *header = &after->reader.header;
    int result = 0;

    for (size_t i = 0; i < header->workload_count && result == 0; i++) {
        struct both both = {0};
        int old = result_workload_index(&before->reader.header,
                                        header->workloads[i].name);

        if (old < 0)
            continue;
        result = view_create(before, (size_t)old, &both.before);
        if (result == 0)
            result = view_create(after, i, &both.after);
        if (result == 0)
            result = compare_workload(options, &both, comparison);
        view_release(&both.before);
        view_release(&both.after);
    }
    return result;
}

static int correct(struct comparison *comparison)
{
    size_t n = comparison->count;
    _cleanup_free_ double *p = calloc(n + 1, sizeof(*p));
    _cleanup_free_ double *adjusted = calloc(n + 1, sizeof(*adjusted));

    if (p == NULL || adjusted == NULL)
        return -ENOMEM;
    for (size_t i = 0; i < n; i++)
        p[i] = comparison->rows[i].p;
    if (family_adjust(p, n, adjusted) < 0)
        return -ENOMEM;
    for (size_t i = 0; i < n; i++) {
        struct comparison_row *row = &comparison->rows[i];

        row->p_adjusted = adjusted[i];
        row->corrected = adjusted[i] <= STATISTICS_LEVEL ? row->verdict
                                                         : VERDICT_INCONCLUSIVE;
    }
    return 0;
}

/* Appends {fact, before, after} for each member of the groups that differs. */
static int compare_facts(const json_t *before, const json_t *after,
                         const char *prefix, json_t *differing)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)after, key, value)
    {
        json_t *old = json_object_get(before, key);
        _cleanup_free_ char *name = NULL;

        if (asprintf(&name, "%s%s%s", prefix, *prefix != '\0' ? "." : "", key) <
            0) {
            name = NULL;
            return -ENOMEM;
        }
        if (old != NULL && json_equal(old, value))
            continue;
        if (json_is_object(value) && json_is_object(old)) {
            if (compare_facts(old, value, name, differing) < 0)
                return -ENOMEM;
        } else if (json_array_append_new(
                       differing, json_pack("{s:s, s:O?, s:O}", "fact", name,
                                            "before", old, "after", value)) < 0)
            return -ENOMEM;
    }
    return 0;
}

static bool equal_texts(const char *left, const char *right)
{
    return left != NULL && right != NULL && strcmp(left, right) == 0;
}

int comparison_compute(const struct comparison_options *options,
                       struct comparison *comparison, struct error *error)
{
    struct collection before, after;
    const struct result_header *old, *new;
    int result;

    *comparison = (struct comparison){.differing_facts = json_array()};
    result = collection_read(options->before, &before, error);
    if (result < 0)
        return result;
    result = collection_read(options->after, &after, error);
    if (result < 0) {
        collection_release(&before);
        return result;
    }
    old = &before.reader.header;
    new = &after.reader.header;
    comparison->cold_before = result_header_is_cold(old);
    comparison->cold_after = result_header_is_cold(new);
    comparison->same_program =
        equal_texts(old->program_sha256, new->program_sha256);
    if (compare_facts(old->host, new->host, "", comparison->differing_facts) <
            0 ||
        compare_all(options, &before, &after, comparison) < 0 ||
        correct(comparison) < 0)
        result = error_errno(error, ENOMEM, "%s", options->after);
    else if (comparison->count == 0)
        result = error_set(error, ENODATA, "%s and %s have no figure in common",
                           options->before, options->after);
    collection_release(&before);
    collection_release(&after);
    return result;
}

void comparison_release(struct comparison *comparison)
{
    for (size_t i = 0; i < comparison->count; i++) {
        free(comparison->rows[i].workload);
        free(comparison->rows[i].platform);
        free(comparison->rows[i].metric);
        free(comparison->rows[i].unit);
    }
    free(comparison->rows);
    json_decref(comparison->differing_facts);
    *comparison = (struct comparison){0};
}
