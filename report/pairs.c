/*
 * Paired ratios between any two platforms. See pairs.h.
 */
#include "report/pairs.h"

#include "oci/cleanup.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics.h>
#include <math.h>

/* A noise floor beyond this many equivalence bands lets nothing be called
 * equivalent (docs/results.md). */
enum { FLOOR_BANDS = 3 };

ssize_t pairs_ratios(const struct record *record,
                     const struct workload_entry *workload,
                     const struct platform_entry *above,
                     const struct platform_entry *below, double **ratios)
{
    size_t upper_count, lower_count, i = 0, j = 0;
    const struct raw_value *upper =
        record_values(record, workload, above, &upper_count);
    const struct raw_value *lower =
        record_values(record, workload, below, &lower_count);
    ssize_t count = 0;

    *ratios = calloc(upper_count + 1, sizeof(**ratios));
    if (*ratios == NULL)
        return -ENOMEM;
    while (i < upper_count && j < lower_count) {
        const int64_t left = upper[i].block, right = lower[j].block;

        if (left == right && upper[i].value > 0 && lower[j].value > 0)
            (*ratios)[count++] = upper[i].value / lower[j].value;
        i += left <= right;
        j += left >= right;
    }
    return count;
}

/* Rank from either end, counted from 1; 0 when n is too small. */
static size_t interval_rank(size_t n)
{
    size_t rank = 0;

    while (gsl_cdf_binomial_P((unsigned)rank, 0.5, (unsigned)n) <= 0.025)
        rank++;
    return rank;
}

struct figure pairs_median(double *values, size_t n)
{
    struct figure figure = {.n = n};
    size_t rank;

    if (n == 0)
        return figure;
    gsl_sort(values, 1, n);
    figure.median = gsl_stats_median_from_sorted_data(values, 1, n);
    figure.low = figure.high = figure.median;
    rank = interval_rank(n);
    if (rank == 0)
        return figure;
    figure.has_interval = true;
    figure.low = values[rank - 1];
    figure.high = values[n - rank];
    return figure;
}

enum verdict_word pairs_judge(const struct figure *ratio, double band,
                              double floor_low, double floor_high)
{
    const double reach = 1 + FLOOR_BANDS * band;

    if (ratio->n == 0)
        return WORD_NONE;
    if (!ratio->has_interval)
        return WORD_INCONCLUSIVE;
    if (ratio->low >= 1 / (1 + band) && ratio->high <= 1 + band &&
        floor_low >= 1 / reach && floor_high <= reach)
        return WORD_EQUIVALENT;
    if (ratio->high < fmin(1, floor_low))
        return WORD_FASTER;
    return ratio->low > fmax(1, floor_high) ? WORD_SLOWER : WORD_INCONCLUSIVE;
}

enum verdict_word pairs_compare(const struct record *record,
                                const struct workload_entry *workload,
                                const struct platform_entry *above,
                                const struct platform_entry *below,
                                struct figure *ratio)
{
    _cleanup_free_ double *ratios = NULL;
    ssize_t count = pairs_ratios(record, workload, above, below, &ratios);
    double floor_low, floor_high, reach;

    *ratio = pairs_median(ratios, count > 0 ? (size_t)count : 0);
    record_noise_floor(record, workload, &floor_low, &floor_high);
    /* Neither of the two is native: noise goes both ways, and so a verdict is
       the same whichever of them stands above. */
    reach = fmax(floor_high, 1 / floor_low);
    return pairs_judge(ratio, record->band, 1 / reach, reach);
}
