/*
 * Medians, bootstrap intervals, paired ratios. The reasons for the choices
 * are in the header; the verdict is in statistics_verdict.c.
 */
#include "bench/statistics.h"

#include <errno.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

double statistics_quantile(const double *sorted, size_t n, double p)
{
    return gsl_stats_quantile_from_sorted_data(sorted, 1, n, p);
}

void statistics_sort(double *values, size_t n)
{
    gsl_sort(values, 1, n);
}

/* FNV-1a, 64 bits, the string's terminator included so that "a","bc" and
 * "ab","c" differ. Source: RFC 9923 (the FNV hash). */
static uint64_t fnv1a(uint64_t hash, const void *data, size_t length)
{
    const unsigned char *bytes = data;

    for (size_t i = 0; i < length; i++)
        hash = (hash ^ bytes[i]) * UINT64_C(0x100000001b3);
    return hash;
}

uint64_t statistics_seed(int64_t session_seed, const char *platform,
                         const char *workload, const char *metric)
{
    const char *const names[] = {platform, workload, metric};
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    hash = fnv1a(hash, &session_seed, sizeof(session_seed));
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        hash = fnv1a(hash, names[i], strlen(names[i]) + 1);
    return hash;
}

static double value_at(const double *sorted, size_t n, double uniform)
{
    size_t index = (size_t)(uniform * (double)n);

    return sorted[index < n ? index : n - 1];
}

/*
 * The median of one bootstrap resample of n sorted values, in constant time.
 *
 * A resample is n uniform draws of an index; its k-th smallest value is the
 * value at the k-th smallest draw, and the k-th smallest of n uniform draws
 * is Beta(k, n + 1 - k) distributed. For even n the median needs the draw
 * after it as well: the smallest of the n - k draws above. Source: David and
 * Nagaraja, Order Statistics, 2.3 and 2.5.
 */
static double resample_median(const double *sorted, size_t n, gsl_rng *random)
{
    size_t k = (n + 1) / 2;
    double rest = (double)(n - k);
    double draw = gsl_ran_beta(random, (double)k, rest + 1);
    double median = value_at(sorted, n, draw);
    double next;

    if (n % 2 == 1)
        return median;
    next = draw + (1 - draw) * (1 - pow(gsl_rng_uniform_pos(random), 1 / rest));
    return (median + value_at(sorted, n, next)) / 2;
}

/* The 95 % percentile interval of the median of n sorted values. */
static struct interval bootstrap_median(const double *sorted, size_t n,
                                        uint64_t seed)
{
    double medians[STATISTICS_RESAMPLES];
    gsl_rng *random = gsl_rng_alloc(gsl_rng_taus2);
    struct interval interval;

    gsl_rng_set(random, (unsigned long)(seed ^ seed >> 32));
    for (size_t i = 0; i < STATISTICS_RESAMPLES; i++)
        medians[i] = resample_median(sorted, n, random);
    gsl_rng_free(random);
    statistics_sort(medians, STATISTICS_RESAMPLES);
    interval.low = statistics_quantile(medians, STATISTICS_RESAMPLES, 0.025);
    interval.high = statistics_quantile(medians, STATISTICS_RESAMPLES, 0.975);
    return interval;
}

void estimate_compute(double *values, size_t n, uint64_t seed,
                      struct estimate *estimate)
{
    *estimate = (struct estimate){.n = n};
    if (n == 0)
        return;
    statistics_sort(values, n);
    estimate->median = statistics_quantile(values, n, 0.5);
    estimate->minimum = values[0];
    estimate->maximum = values[n - 1];
    estimate->has_interval = n >= STATISTICS_MINIMUM;
    if (estimate->has_interval)
        estimate->interval = bootstrap_median(values, n, seed);
}

int ratio_compute(const double *measured, const double *reference, size_t n,
                  uint64_t seed, struct ratio *ratio)
{
    double *logs = calloc(n + 1, sizeof(*logs));
    struct estimate estimate;
    size_t pairs = 0;

    *ratio = (struct ratio){0};
    if (logs == NULL)
        return -ENOMEM;
    for (size_t i = 0; i < n; i++)
        if (measured[i] > 0 && reference[i] > 0)
            logs[pairs++] = log(measured[i]) - log(reference[i]);
    estimate_compute(logs, pairs, seed, &estimate);
    free(logs);
    ratio->n = pairs;
    if (pairs == 0)
        return 0;
    ratio->median = exp(estimate.median);
    ratio->has_interval = estimate.has_interval;
    ratio->interval.low = exp(estimate.interval.low);
    ratio->interval.high = exp(estimate.interval.high);
    return 0;
}
