/* The shift between two independent samples; see statistics.h. */
#include "bench/statistics.h"

#include "oci/cleanup.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <string.h>

enum {
    EXACT_MAXIMUM = 50,    /* values of a sample */
    SAMPLE_MAXIMUM = 2000, /* above, quantiles stand for the sample */
};

static const double tail = 0.025; /* on either side of the interval */

/*
 * Logarithms of the values above 0, in rising order, thinned to at most
 * SAMPLE_MAXIMUM. The caller frees them.
 */
static double *take_logarithms(const double *values, size_t *count)
{
    double *logarithms = calloc(*count + 1, sizeof(*logarithms));
    size_t n = 0;

    if (logarithms == NULL)
        return NULL;
    for (size_t i = 0; i < *count; i++)
        if (values[i] > 0)
            logarithms[n++] = log(values[i]);
    statistics_sort(logarithms, n);
    *count = n;
    if (n <= SAMPLE_MAXIMUM)
        return logarithms;
    for (size_t i = 0; i < SAMPLE_MAXIMUM; i++)
        logarithms[i] = logarithms[i * (n - 1) / (SAMPLE_MAXIMUM - 1)];
    *count = SAMPLE_MAXIMUM;
    return logarithms;
}

/*
 * How many arrangements of n and m values have each Mann-Whitney statistic
 * 0..n*m: the coefficients of the Gaussian binomial, built factor by factor.
 */
static double *count_arrangements(size_t n, size_t m)
{
    size_t size = n * m + 1;
    double *counts = calloc(size, sizeof(*counts));

    if (counts == NULL)
        return NULL;
    counts[0] = 1;
    for (size_t i = 1; i <= n; i++) {
        for (size_t u = size; u-- > m + i;)
            counts[u] -= counts[u - m - i];
        for (size_t u = i; u < size; u++)
            counts[u] += counts[u - i];
    }
    return counts;
}

/*
 * How many of the smallest differences lie outside the interval on one side;
 * 0 where even the whole range is no 95 % interval.
 */
static int outside_exactly(size_t n, size_t m, size_t *outside)
{
    _cleanup_free_ double *counts = count_arrangements(n, m);
    double total = 0, below = 0;

    *outside = 0;
    if (counts == NULL)
        return -ENOMEM;
    for (size_t u = 0; u <= n * m; u++)
        total += counts[u];
    while (*outside < n * m && below + counts[*outside] <= tail * total)
        below += counts[(*outside)++];
    return 0;
}

static size_t outside_approximately(size_t n, size_t m)
{
    double pairs = (double)n * (double)m;
    double deviation = sqrt(pairs * (double)(n + m + 1) / 12);
    double outside = pairs / 2 - gsl_cdf_ugaussian_Qinv(tail) * deviation;

    return outside > 0 ? (size_t)outside : 0;
}

/* All differences of two samples of logarithms, in rising order. */
static double *list_differences(const double *before, size_t n,
                                const double *after, size_t m)
{
    double *differences = calloc(n * m + 1, sizeof(*differences));

    if (differences == NULL)
        return NULL;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < m; j++)
            differences[i * m + j] = after[j] - before[i];
    statistics_sort(differences, n * m);
    return differences;
}

int shift_compute(const double *before, size_t before_count,
                  const double *after, size_t after_count, struct ratio *ratio)
{
    size_t n = before_count, m = after_count, outside = 0;
    _cleanup_free_ double *left = take_logarithms(before, &n);
    _cleanup_free_ double *right = take_logarithms(after, &m);
    _cleanup_free_ double *differences = NULL;

    *ratio = (struct ratio){0};
    if (left == NULL || right == NULL)
        return -ENOMEM;
    if (n == 0 || m == 0)
        return 0;
    differences = list_differences(left, n, right, m);
    if (differences == NULL)
        return -ENOMEM;
    if (n > EXACT_MAXIMUM || m > EXACT_MAXIMUM)
        outside = outside_approximately(n, m);
    else if (outside_exactly(n, m, &outside) < 0)
        return -ENOMEM;
    ratio->n = n < m ? n : m;
    ratio->median = exp(statistics_quantile(differences, n * m, 0.5));
    ratio->has_interval = outside > 0 && ratio->n >= STATISTICS_MINIMUM;
    if (ratio->has_interval) {
        ratio->interval.low = exp(differences[outside - 1]);
        ratio->interval.high = exp(differences[n * m - outside]);
    }
    return 0;
}
