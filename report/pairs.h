/*
 * Two platforms side by side: the ratios of their values in the same block.
 * summary.json has every platform against native; the page also sets a
 * virtual machine against a container, which only the single values can tell.
 */
#ifndef RINGSIDE_REPORT_PAIRS_H
#define RINGSIDE_REPORT_PAIRS_H

#include "report/record.h"

/* Below this many values order statistics give no 95 % interval. */
enum { PAIRS_MINIMUM = 6 };

/*
 * The values above/below of the blocks in which both have one, in *ratios,
 * which the caller frees (NULL when there is none). Returns how many, or
 * -ENOMEM.
 */
ssize_t pairs_ratios(const struct record *record,
                     const struct workload_entry *workload,
                     const struct platform_entry *above,
                     const struct platform_entry *below, double **ratios);

/*
 * Median of n values with its exact 95 % interval from order statistics,
 * which holds for any distribution: the k-th value from either end, where k
 * is the largest with P(Binomial(n, 1/2) < k) <= 2.5 %. Sorts the values.
 * Source: David and Nagaraja, Order Statistics, 7.1.
 */
struct figure pairs_median(double *values, size_t n);

/*
 * above against below, lower being better: equivalent when the interval lies
 * within the band, faster or slower when it lies beyond both 1 and what two
 * native runs differ by, else inconclusive. WORD_NONE when nothing could be
 * paired.
 */
enum verdict_word pairs_compare(const struct record *record,
                                const struct workload_entry *workload,
                                const struct platform_entry *above,
                                const struct platform_entry *below,
                                struct figure *ratio);

/*
 * The same over several workloads: the geometric mean of a block's ratios, of
 * the blocks that have them all; the noise floor is that of the same mean.
 * -ENOMEM, or a verdict_word.
 */
int pairs_compare_all(const struct record *record,
                      const struct workload_entry *const *workloads,
                      size_t count, const struct platform_entry *above,
                      const struct platform_entry *below, struct figure *ratio);

/*
 * The verdict on a ratio of which lower is better, given the interval of what
 * two native runs differ by.
 */
enum verdict_word pairs_judge(const struct figure *ratio, double band,
                              double floor_low, double floor_high);

#endif
