/*
 * Does the order of runs matter? In each block every run has a place and a
 * predecessor, drawn at random. If neither matters, what is left of the values
 * after taking out platform and block has nothing to do with them.
 *
 * The test is one of aligned ranks: logarithms, less the median of their
 * platform, less the median of their block, over the spread of their platform,
 * ranked over all blocks. The
 * distribution is that of permuting within blocks, by its mean and covariance:
 * normal for the place (a trend over the block), chi-squared for the
 * predecessor (any difference between them). Nothing is assumed of the
 * distribution of the values, and platforms may differ in their spread.
 * Source: Hodges and Lehmann 1962; Lehmann, Nonparametrics, 6.3.
 */
#ifndef RINGSIDE_BENCH_STATISTICS_ORDER_H
#define RINGSIDE_BENCH_STATISTICS_ORDER_H

#include <stddef.h>
#include <stdint.h>

enum { ORDER_NOTHING = -1 }; /* no predecessor: the first of a block */

/* One run of a workload. */
struct order_sample {
    int32_t block;
    int32_t position; /* in the whole block */
    int platform;     /* 0.. */
    int predecessor;  /* platform that ran before it, or ORDER_NOTHING */
    double value;     /* above 0 */
};

struct order_effect {
    size_t n;          /* samples that told something; 0: nothing else is set */
    double position_p; /* 1 where it cannot be said */
    double position;   /* the last third of blocks over the first, a ratio */
    double predecessor_p;
    int predecessor; /* the one that matters most, or ORDER_NOTHING */
    double after;    /* it: with this predecessor over all, a ratio */
};

/*
 * Tests samples of one workload, in any order, of platforms 0..platforms-1.
 * Errors: -ENOMEM.
 */
int order_test(const struct order_sample *samples, size_t n, size_t platforms,
               struct order_effect *effect);

#endif
