/*
 * The statistics of the report: medians with bootstrap intervals, paired
 * ratios, and the rule that turns a ratio into a verdict.
 *
 * Timings are skewed and have far outliers, so the centre is the median and
 * nothing is assumed of the distribution. Intervals are 95 % percentile
 * bootstrap intervals. BCa would correct for bias and skew, but its
 * acceleration comes from the jackknife, which is inconsistent for the
 * median (Efron and Tibshirani 1993, 11.6); the percentile interval of a
 * median is close to the exact one from order statistics, which has the right
 * coverage for any distribution.
 *
 * Everything is deterministic: the generator is seeded by the caller.
 */
#ifndef RINGSIDE_BENCH_STATISTICS_H
#define RINGSIDE_BENCH_STATISTICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    /*
     * Below this many values there is no 95 % interval of a median: even the
     * whole range of four covers the median in 87.5 % of samples only.
     */
    STATISTICS_MINIMUM = 5,
    STATISTICS_RESAMPLES = 4000,
};

struct interval {
    double low, high;
};

/* The median of one cell; unit of the values. n = 0: nothing else is set. */
struct estimate {
    size_t n;
    double median;
    bool has_interval; /* n >= STATISTICS_MINIMUM */
    struct interval interval;
    double minimum, maximum;
};

/* Measured over reference, dimensionless. n = 0: nothing else is set. */
struct ratio {
    size_t n; /* pairs */
    double median;
    bool has_interval;
    struct interval interval;
};

enum verdict {
    VERDICT_INCONCLUSIVE,
    VERDICT_EQUIVALENT,
    VERDICT_FASTER,
    VERDICT_SLOWER,
    VERDICTS,
};

/* "inconclusive", "equivalent", "faster", "slower". */
const char *verdict_name(enum verdict verdict);

/*
 * The quantile p (0..1) of n > 0 values in rising order, linear between order
 * statistics (type 7 of Hyndman and Fan, as in R and GSL).
 */
double statistics_quantile(const double *sorted, size_t n, double p);

/* Sorts n values in place, smallest first. */
void statistics_sort(double *values, size_t n);

/*
 * A seed for one cell: the session's seed mixed with the cell's name, so that
 * a cell's interval does not depend on which other cells there are.
 */
uint64_t statistics_seed(int64_t session_seed, const char *platform,
                         const char *workload, const char *metric);

/* Median and interval of n values, which are sorted in place. */
void estimate_compute(double *values, size_t n, uint64_t seed,
                      struct estimate *estimate);

/*
 * Median and interval of measured[i] / reference[i], the values of the same
 * block. Worked out on logarithms, so that exchanging the two inverts the
 * result exactly. A pair with a zero in it has no ratio and is left out.
 * Errors: -ENOMEM.
 */
int ratio_compute(const double *measured, const double *reference, size_t n,
                  uint64_t seed, struct ratio *ratio);

/*
 * The rule.
 *
 * The equivalence band of width w (0.03) is [1/(1+w), 1+w], widened on either
 * side to the interval of the A/A ratio (floor) where that reaches further:
 * what two runs of the same command differ by is no difference. floor is NULL
 * when there was no control or too little of it, and for the control itself.
 *
 *   fewer than STATISTICS_MINIMUM pairs         inconclusive
 *   whole interval inside the band              equivalent
 *   whole interval beyond 1 and beyond floor    faster or slower
 *   anything else                               inconclusive
 *
 * Equivalence is asked first: a difference that is certain but smaller than
 * the band does not matter. higher_is_better turns faster and slower round.
 */
enum verdict verdict_decide(const struct ratio *ratio, double band,
                            const struct interval *floor,
                            bool higher_is_better);

#endif
