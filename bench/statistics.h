/*
 * The statistics of the report: medians with bootstrap intervals, paired
 * ratios, and the rule that turns a ratio into a verdict.
 *
 * Timings are skewed and have far outliers, so the centre is the median and
 * nothing is assumed of the distribution.
 *
 * Intervals are the 95 % percentile intervals of the smoothed bootstrap: the
 * resamples are drawn from the values' piecewise linear distribution function
 * (through i/(n+1) at the i-th smallest) instead of from its steps. The median
 * of n uniform draws is Beta((n+1)/2, (n+1)/2) distributed, and a percentile
 * passes through a rising function, so the interval that infinitely many
 * resamples would give has a closed form: no random numbers, the same figures
 * each time.
 *
 * Why not the plain bootstrap: its median can only fall on the values
 * themselves, and for few of them the interval holds the true median too
 * seldom (87.5 % of the time for n = 7, 90.7 % for n = 13 and n = 23, by the
 * binomial distribution). Why not BCa: its acceleration comes from the
 * jackknife, which is inconsistent for the median. Sources: Efron and
 * Tibshirani 1993, 11.6 and 16.5; Hettmansperger and Sheather 1986 for the
 * interpolation between order statistics.
 */
#ifndef RINGSIDE_BENCH_STATISTICS_H
#define RINGSIDE_BENCH_STATISTICS_H

#include <stdbool.h>
#include <stddef.h>

enum {
    /*
     * Below this many values there is no 95 % interval of a median: the whole
     * range of five holds the median in 93.75 % of samples, that of six in
     * 96.9 % (1 - 2/2^n).
     */
    STATISTICS_MINIMUM = 6,
    /* A control that reaches beyond this many bands is too noisy to say that
     * anything is equivalent. */
    STATISTICS_FLOOR_BANDS = 3,
};

/* How often a verdict may err. */
#define STATISTICS_LEVEL 0.05

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

/* Median and interval of n values, which are sorted in place. */
void estimate_compute(double *values, size_t n, struct estimate *estimate);

/*
 * Median and interval of measured[i] / reference[i], the values of the same
 * block. Worked out on logarithms, so that exchanging the two inverts the
 * result exactly. A pair with a zero in it has no ratio and is left out.
 * Errors: -ENOMEM.
 */
int ratio_compute(const double *measured, const double *reference, size_t n,
                  struct ratio *ratio);

/*
 * The logarithms of the ratios that ratio_compute works on, in rising order;
 * *pairs of them. The caller frees them; NULL: no memory.
 */
double *ratio_logarithms(const double *measured, const double *reference,
                         size_t n, size_t *pairs);

/* The ratio from such logarithms. */
void ratio_of_logarithms(const double *sorted, size_t pairs,
                         struct ratio *ratio);

/*
 * The ratio of two independent samples, after over before: the Hodges-Lehmann
 * shift of the logarithms, that is the median of after[j] / before[i] over all
 * pairs, with the 95 % interval of the Mann-Whitney test turned round. Exact
 * for samples of at most 50 values, by the normal approximation above. From
 * more than 2000 values of a sample, 2000 quantiles stand for it. Values that
 * are not above 0 have no ratio and are left out; n is the smaller of the two
 * counts. Errors: -ENOMEM.
 * Source: Hollander and Wolfe, Nonparametric Statistical Methods, 4.2 and 4.3.
 */
int shift_compute(const double *before, size_t before_count,
                  const double *after, size_t after_count, struct ratio *ratio);

/*
 * The rule.
 *
 * The equivalence band of width w (0.03) is [1/(1+w), 1+w], widened on either
 * side to the interval of the A/A ratio (floor) where that reaches further:
 * what two runs of the same command differ by is no difference. floor is NULL
 * when there was no control or too little of it, and for the control itself.
 *
 *   fewer than STATISTICS_MINIMUM pairs         inconclusive
 *   whole interval inside the band              equivalent, if floor reaches
 *                                               no further than 3 bands
 *   whole interval beyond 1 and beyond floor    faster or slower
 *   anything else                               inconclusive
 *
 * Equivalence is asked first: a difference that is certain but smaller than
 * the band does not matter. Without the bound on floor (STATISTICS_FLOOR_BANDS
 * times w, that is [1/1.09, 1.09] for 3 %), everything would be equivalent on
 * a host that is noisy enough. higher_is_better turns faster and slower round.
 */
struct verdict_rule {
    struct interval same;  /* inside: equivalent, if that can be */
    struct interval noise; /* beyond: faster or slower */
    bool can_be_same;      /* floor is narrow enough */
};

struct verdict_rule verdict_rule(double band, const struct interval *floor);

enum verdict verdict_decide(const struct ratio *ratio, double band,
                            const struct interval *floor,
                            bool higher_is_better);

/*
 * The level at which the rule would just give its verdict on these pairs: at
 * most STATISTICS_LEVEL where verdict_decide gives one, above it where that
 * says inconclusive, and 1 for too few pairs. It is the interval turned round:
 * twice the share of resampled medians on the wrong side of the edge (for
 * equivalence, of the worse of both edges: two one-sided tests), and never
 * below 2^(1-n), which is what n signs can tell. Errors: -ENOMEM.
 */
int verdict_p(const double *measured, const double *reference, size_t n,
              const struct verdict_rule *rule, double *p);

/* The same from the logarithms of the ratios in rising order. */
double verdict_p_of_logarithms(const double *sorted, size_t pairs,
                               const struct verdict_rule *rule);

/*
 * The level of the verdict on the shift of two independent samples, as
 * verdict_p is of paired ones: the Mann-Whitney test at the edges of the rule,
 * by which the interval of shift_compute is made. Errors: -ENOMEM.
 */
int shift_verdict_p(const double *before, size_t before_count,
                    const double *after, size_t after_count,
                    const struct verdict_rule *rule, double *p);

/*
 * Corrects n levels for being many, by Benjamini and Hochberg: a verdict whose
 * adjusted level is at most STATISTICS_LEVEL stands, and of the verdicts that
 * stand at most 5 % are expected to be wrong. -ENOMEM.
 *
 * Why not Holm, which guards against even one wrong verdict: a session judges
 * some hundred cells, the reader counts how many of them are this or that, and
 * six blocks cannot give a level below 2^-5, with which by Holm no verdict of
 * two would ever stand. Verdicts of one workload share native's runs and so
 * depend on each other positively, for which the method holds. Sources:
 * Benjamini and Hochberg 1995; Benjamini and Yekutieli 2001.
 */
int family_adjust(const double *p, size_t n, double *adjusted);

#endif
