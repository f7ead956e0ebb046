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

/* Logarithms of both samples, in rising order. */
struct shift_samples {
    const double *before, *after;
    size_t n, m;
};

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

/* How many differences of sorted logarithms are at most `edge`. */
static size_t count_up_to(const double *before, size_t n, const double *after,
                          size_t m, double edge)
{
    size_t count = 0, j = 0;

    for (size_t i = 0; i < n; i++) {
        while (j < m && after[j] - before[i] <= edge)
            j++;
        count += j;
    }
    return count;
}

/* The chance of a Mann-Whitney statistic of at most u where nothing shifts. */
static int statistic_level(size_t n, size_t m, size_t u, double *level)
{
    double pairs = (double)n * (double)m, total = 0, below = 0;
    _cleanup_free_ double *counts = NULL;

    if (n > EXACT_MAXIMUM || m > EXACT_MAXIMUM) {
        double deviation = sqrt(pairs * (double)(n + m + 1) / 12);

        *level = gsl_cdf_ugaussian_P(((double)u + 0.5 - pairs / 2) / deviation);
        return 0;
    }
    counts = count_arrangements(n, m);
    if (counts == NULL)
        return -ENOMEM;
    for (size_t i = 0; i <= n * m; i++) {
        total += counts[i];
        below += i <= u ? counts[i] : 0;
    }
    *level = below / total;
    return 0;
}

/* The two-sided level at which the shift is beyond an edge, on one side. */
static int beyond(const struct shift_samples *samples, double edge, bool above,
                  double *p)
{
    size_t n = samples->n, m = samples->m;
    size_t below = count_up_to(samples->before, n, samples->after, m, edge);
    int result = statistic_level(n, m, above ? below : n * m - below, p);

    *p = fmin(1, 2 * *p);
    return result;
}

int shift_verdict_p(const double *before, size_t before_count,
                    const double *after, size_t after_count,
                    const struct verdict_rule *rule, double *p)
{
    size_t n = before_count, m = after_count;
    _cleanup_free_ double *left = take_logarithms(before, &n);
    _cleanup_free_ double *right = take_logarithms(after, &m);
    const struct shift_samples samples = {left, right, n, m};
    double low, high, slower, faster, equivalent;

    *p = 1;
    if (left == NULL || right == NULL)
        return -ENOMEM;
    if ((n < m ? n : m) < STATISTICS_MINIMUM)
        return 0;
    if (beyond(&samples, log(rule->same.low), true, &low) < 0 ||
        beyond(&samples, log(rule->same.high), false, &high) < 0 ||
        beyond(&samples, log(rule->noise.high), true, &slower) < 0 ||
        beyond(&samples, log(rule->noise.low), false, &faster) < 0)
        return -ENOMEM;
    equivalent = rule->can_be_same ? fmax(low, high) : 1;
    *p = equivalent <= STATISTICS_LEVEL
             ? equivalent
             : fmin(equivalent, fmin(slower, faster));
    return 0;
}
