/*
 * How sure a verdict is, and the correction for many of them; the reasons are
 * in statistics.h.
 */
#include "bench/statistics.h"

#include "oci/cleanup.h"

#include <errno.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sort.h>
#include <math.h>
#include <stdlib.h>

/* How many of n > 0 sorted values lie below x, with the part of a step. */
static double position_of(const double *sorted, size_t n, double x)
{
    size_t above = 0;

    while (above < n && sorted[above] <= x)
        above++;
    if (above == 0)
        return 1;
    if (above == n)
        return (double)n;
    return (double)above +
           (x - sorted[above - 1]) / (sorted[above] - sorted[above - 1]);
}

/*
 * The share of resampled medians at or below x: the interval of
 * estimate_compute lies beyond x when it is below 0.025. Where all values lie
 * beyond x it is no less than what the signs alone can tell, 2^-n.
 */
static double share_below(const double *sorted, size_t n, double x)
{
    double half = (double)(n + 1) / 2;
    double share =
        gsl_cdf_beta_P(position_of(sorted, n, x) / (double)(n + 1), half, half);
    double least = exp2(-(double)n);

    return fmin(fmax(share, least), 1 - least);
}

int verdict_p(const double *measured, const double *reference, size_t n,
              const struct verdict_rule *rule, double *p)
{
    size_t pairs;
    _cleanup_free_ double *logs =
        ratio_logarithms(measured, reference, n, &pairs);

    *p = 1;
    if (logs == NULL)
        return -ENOMEM;
    *p = verdict_p_of_logarithms(logs, pairs, rule);
    return 0;
}

double verdict_p_of_logarithms(const double *logs, size_t pairs,
                               const struct verdict_rule *rule)
{
    double low, high, equivalent, slower, faster;

    if (pairs < STATISTICS_MINIMUM)
        return 1;
    low = share_below(logs, pairs, log(rule->same.low));
    high = 1 - share_below(logs, pairs, log(rule->same.high));
    equivalent = rule->can_be_same ? 2 * fmax(low, high) : 1;
    slower = 2 * share_below(logs, pairs, log(rule->noise.high));
    faster = 2 * (1 - share_below(logs, pairs, log(rule->noise.low)));
    if (equivalent <= STATISTICS_LEVEL)
        return equivalent; /* asked first */
    return fmin(1, fmin(equivalent, fmin(slower, faster)));
}

int family_adjust(const double *p, size_t n, double *adjusted)
{
    _cleanup_free_ size_t *order = calloc(n + 1, sizeof(*order));
    double least = 1;

    if (order == NULL)
        return -ENOMEM;
    gsl_sort_index(order, p, 1, n);
    for (size_t rank = n; rank > 0; rank--) {
        size_t i = order[rank - 1];

        least = fmin(least, p[i] * (double)n / (double)rank);
        adjusted[i] = least;
    }
    return 0;
}
