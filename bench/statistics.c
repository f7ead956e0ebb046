/*
 * Medians, their intervals, paired ratios. The reasons for the choices
 * are in the header; the verdict is in statistics_verdict.c.
 */
#include "bench/statistics.h"

#include <errno.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>

double statistics_quantile(const double *sorted, size_t n, double p)
{
    return gsl_stats_quantile_from_sorted_data(sorted, 1, n, p);
}

/*
 * The value at probability p of the piecewise linear distribution function of
 * n sorted values; beyond the outermost values there is nothing to go by.
 */
static double smoothed_quantile(const double *sorted, size_t n, double p)
{
    double position = p * (double)(n + 1);
    size_t below = (size_t)position;
    double part = position - (double)below;

    if (below < 1)
        return sorted[0];
    if (below >= n)
        return sorted[n - 1];
    return sorted[below - 1] + part * (sorted[below] - sorted[below - 1]);
}

/* The 95 % interval of the median of n sorted values; see the header. */
static struct interval median_interval(const double *sorted, size_t n)
{
    double half = (double)(n + 1) / 2;
    double low = gsl_cdf_beta_Pinv(0.025, half, half);

    return (struct interval){
        .low = smoothed_quantile(sorted, n, low),
        .high = smoothed_quantile(sorted, n, 1 - low),
    };
}

double *ratio_logarithms(const double *measured, const double *reference,
                         size_t n, size_t *pairs)
{
    double *logs = calloc(n + 1, sizeof(*logs));

    *pairs = 0;
    if (logs == NULL)
        return NULL;
    for (size_t i = 0; i < n; i++)
        if (measured[i] > 0 && reference[i] > 0)
            logs[(*pairs)++] = log(measured[i]) - log(reference[i]);
    statistics_sort(logs, *pairs);
    return logs;
}

/* As estimate_compute, of values in rising order. */
static void estimate_sorted(const double *values, size_t n,
                            struct estimate *estimate)
{
    *estimate = (struct estimate){.n = n};
    if (n == 0)
        return;
    estimate->median = statistics_quantile(values, n, 0.5);
    estimate->minimum = values[0];
    estimate->maximum = values[n - 1];
    estimate->has_interval = n >= STATISTICS_MINIMUM;
    if (estimate->has_interval)
        estimate->interval = median_interval(values, n);
}

void estimate_compute(double *values, size_t n, struct estimate *estimate)
{
    statistics_sort(values, n);
    estimate_sorted(values, n, estimate);
}

int ratio_compute(const double *measured, const double *reference, size_t n,
                  struct ratio *ratio)
{
    size_t pairs;
    double *logs = ratio_logarithms(measured, reference, n, &pairs);

    *ratio = (struct ratio){0};
    if (logs == NULL)
        return -ENOMEM;
    ratio_of_logarithms(logs, pairs, ratio);
    free(logs);
    return 0;
}

void ratio_of_logarithms(const double *sorted, size_t pairs,
                         struct ratio *ratio)
{
    struct estimate estimate;

    *ratio = (struct ratio){.n = pairs};
    if (pairs == 0)
        return;
    estimate_sorted(sorted, pairs, &estimate);
    ratio->median = exp(estimate.median);
    ratio->has_interval = estimate.has_interval;
    ratio->interval.low = exp(estimate.interval.low);
    ratio->interval.high = exp(estimate.interval.high);
}
