/* The test of order effects; see statistics_order.h for its reasons. */
#include "bench/statistics_order.h"

#include "bench/statistics.h"
#include "oci/cleanup.h"

#include <errno.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_eigen.h>
#include <gsl/gsl_sort.h>
#include <math.h>
#include <string.h>

/* Fewer runs after a predecessor than this say nothing of it by themselves. */
enum { FEWEST_AFTER = 3 };

/* A sample on its way; sorted by block. */
struct aligned {
    const struct order_sample *sample;
    double residual; /* of the logarithm, then of platform and block */
    double rank;     /* of the scaled residual, less the block's mean */
};

static int by_platform(const void *left, const void *right)
{
    const struct aligned *a = left, *b = right;

    return (a->sample->platform > b->sample->platform) -
           (a->sample->platform < b->sample->platform);
}

static int by_block(const void *left, const void *right)
{
    const struct aligned *a = left, *b = right;

    return (a->sample->block > b->sample->block) -
           (a->sample->block < b->sample->block);
}

/* The end of the run of items from first that compare equal. */
static size_t group_end(const struct aligned *items, size_t n, size_t first,
                        int (*compare)(const void *, const void *))
{
    size_t end = first + 1;

    while (end < n && compare(&items[first], &items[end]) == 0)
        end++;
    return end;
}

/* Takes the median of each group out of its residuals; scratch holds n. */
static void centre(struct aligned *items, size_t n,
                   int (*compare)(const void *, const void *), double *scratch)
{
    qsort(items, n, sizeof(*items), compare);
    for (size_t first = 0, end; first < n; first = end) {
        double median;

        end = group_end(items, n, first, compare);
        for (size_t i = first; i < end; i++)
            scratch[i - first] = items[i].residual;
        statistics_sort(scratch, end - first);
        median = statistics_quantile(scratch, end - first, 0.5);
        for (size_t i = first; i < end; i++)
            items[i].residual -= median;
    }
}

/*
 * Puts what is ranked in place: residuals over the spread of their platform
 * (the median of their size), so that a platform that varies little can tell
 * more than one that varies much.
 */
static void scale(struct aligned *items, size_t n, double *scratch)
{
    qsort(items, n, sizeof(*items), by_platform);
    for (size_t first = 0, end; first < n; first = end) {
        double spread;

        end = group_end(items, n, first, by_platform);
        for (size_t i = first; i < end; i++)
            scratch[i - first] = fabs(items[i].residual);
        statistics_sort(scratch, end - first);
        spread = statistics_quantile(scratch, end - first, 0.5);
        for (size_t i = first; i < end; i++)
            items[i].rank =
                spread > 0 ? items[i].residual / spread : items[i].residual;
    }
    qsort(items, n, sizeof(*items), by_block);
}

/* Ranks from 1, ties shared; then less the mean of the block. */
static int rank(struct aligned *items, size_t n, double *scratch)
{
    _cleanup_free_ size_t *order = calloc(n + 1, sizeof(*order));

    if (order == NULL)
        return -ENOMEM;
    for (size_t i = 0; i < n; i++)
        scratch[i] = items[i].rank;
    gsl_sort_index(order, scratch, 1, n);
    for (size_t first = 0, end; first < n; first = end) {
        for (end = first + 1;
             end < n && scratch[order[end]] == scratch[order[first]]; end++)
            continue;
        for (size_t i = first; i < end; i++)
            items[order[i]].rank = (double)(first + end + 1) / 2;
    }
    for (size_t first = 0, end; first < n; first = end) {
        double sum = 0;

        end = group_end(items, n, first, by_block);
        for (size_t i = first; i < end; i++)
            sum += items[i].rank;
        for (size_t i = first; i < end; i++)
            items[i].rank -= sum / (double)(end - first);
    }
    return 0;
}

/* The variance of ranks in a block, with which permuting spreads them. */
static double block_variance(const struct aligned *block, size_t count)
{
    double sum = 0;

    for (size_t i = 0; i < count; i++)
        sum += block[i].rank * block[i].rank;
    return count > 1 ? sum / (double)(count - 1) : 0;
}

static double position_p(const struct aligned *items, size_t n)
{
    double covariance = 0, variance = 0;

    for (size_t first = 0, end; first < n; first = end) {
        double mean = 0, spread = 0;

        end = group_end(items, n, first, by_block);
        for (size_t i = first; i < end; i++)
            mean += items[i].sample->position / (double)(end - first);
        for (size_t i = first; i < end; i++) {
            double place = items[i].sample->position - mean;

            covariance += place * items[i].rank;
            spread += place * place;
        }
        variance += spread * block_variance(&items[first], end - first);
    }
    if (variance <= 0)
        return 1;
    return 2 * gsl_cdf_ugaussian_Q(fabs(covariance) / sqrt(variance));
}

/* Sums of ranks after each predecessor, and their covariance. */
static void sum_ranks(const struct aligned *items, size_t n, gsl_vector *sums,
                      gsl_matrix *covariance, double *counts)
{
    for (size_t first = 0, end; first < n; first = end) {
        double variance, size;

        end = group_end(items, n, first, by_block);
        size = (double)(end - first);
        variance = block_variance(&items[first], end - first);
        memset(counts, 0, sums->size * sizeof(*counts));
        for (size_t i = first; i < end; i++) {
            int before = items[i].sample->predecessor;

            if (before == ORDER_NOTHING)
                continue;
            counts[before]++;
            *gsl_vector_ptr(sums, (size_t)before) += items[i].rank;
        }
        for (size_t g = 0; g < sums->size; g++)
            for (size_t h = 0; h < sums->size; h++)
                *gsl_matrix_ptr(covariance, g, h) +=
                    variance *
                    ((g == h ? counts[g] : 0) - counts[g] * counts[h] / size);
    }
}

/* The quadratic form of the sums over their covariance, which is singular:
 * ranks of a block sum to 0. */
static double chi_squared_p(const gsl_vector *sums, const gsl_vector *values,
                            const gsl_matrix *vectors)
{
    double largest = gsl_vector_max(values), statistic = 0, freedom = 0;

    for (size_t i = 0; i < sums->size; i++) {
        double value = gsl_vector_get(values, i), projection = 0;

        if (value <= 1e-9 * largest)
            continue;
        for (size_t j = 0; j < sums->size; j++)
            projection +=
                gsl_matrix_get(vectors, j, i) * gsl_vector_get(sums, j);
        statistic += projection * projection / value;
        freedom++;
    }
    return freedom > 0 ? gsl_cdf_chisq_Q(statistic, freedom) : 1;
}

static int predecessor_p(const struct aligned *items, size_t n,
                         size_t platforms, double *p)
{
    gsl_vector *sums = gsl_vector_calloc(platforms);
    gsl_vector *values = gsl_vector_calloc(platforms);
    gsl_matrix *covariance = gsl_matrix_calloc(platforms, platforms);
    gsl_matrix *vectors = gsl_matrix_calloc(platforms, platforms);
    gsl_eigen_symmv_workspace *space = gsl_eigen_symmv_alloc(platforms);
    double *counts = calloc(platforms, sizeof(*counts));
    int result = -ENOMEM;

    if (sums != NULL && values != NULL && covariance != NULL &&
        vectors != NULL && space != NULL && counts != NULL) {
        sum_ranks(items, n, sums, covariance, counts);
        gsl_eigen_symmv(covariance, values, vectors, space);
        *p = chi_squared_p(sums, values, vectors);
        result = 0;
    }
    free(counts);
    gsl_eigen_symmv_free(space);
    gsl_matrix_free(vectors);
    gsl_matrix_free(covariance);
    gsl_vector_free(values);
    gsl_vector_free(sums);
    return result;
}

/* The median of the residuals that `wanted` picks, as a ratio; 1: too few. */
static double median_where(const struct aligned *items, size_t n,
                           bool (*wanted)(const struct order_sample *sample,
                                          int which, double bound),
                           int which, double bound, double *scratch)
{
    size_t count = 0;

    for (size_t i = 0; i < n; i++)
        if (wanted(items[i].sample, which, bound))
            scratch[count++] = items[i].residual;
    if (count < FEWEST_AFTER)
        return 1;
    statistics_sort(scratch, count);
    return exp(statistics_quantile(scratch, count, 0.5));
}

static bool is_early(const struct order_sample *sample, int which, double last)
{
    (void)which;
    return sample->position <= last / 3;
}

static bool is_late(const struct order_sample *sample, int which, double last)
{
    (void)which;
    return sample->position > 2 * last / 3;
}

static bool comes_after(const struct order_sample *sample, int which,
                        double bound)
{
    (void)bound;
    return sample->predecessor == which;
}

static void measure_effects(const struct aligned *items, size_t n,
                            size_t platforms, double *scratch,
                            struct order_effect *effect)
{
    double last = 0;

    for (size_t i = 0; i < n; i++)
        last = fmax(last, items[i].sample->position);
    effect->position = median_where(items, n, is_late, 0, last, scratch) /
                       median_where(items, n, is_early, 0, last, scratch);
    for (size_t i = 0; i < platforms; i++) {
        double after = median_where(items, n, comes_after, (int)i, 0, scratch);

        if (effect->predecessor != ORDER_NOTHING &&
            fabs(log(after)) <= fabs(log(effect->after)))
            continue;
        effect->predecessor = (int)i;
        effect->after = after;
    }
}

int order_test(const struct order_sample *samples, size_t n, size_t platforms,
               struct order_effect *effect)
{
    _cleanup_free_ struct aligned *items = calloc(n + 1, sizeof(*items));
    _cleanup_free_ double *scratch = calloc(n + 1, sizeof(*scratch));

    *effect = (struct order_effect){.n = n,
                                    .position_p = 1,
                                    .position = 1,
                                    .predecessor_p = 1,
                                    .predecessor = ORDER_NOTHING,
                                    .after = 1};
    if (items == NULL || scratch == NULL)
        return -ENOMEM;
    if (n == 0 || platforms == 0)
        return 0;
    for (size_t i = 0; i < n; i++)
        items[i] = (struct aligned){&samples[i], log(samples[i].value), 0};
    centre(items, n, by_platform, scratch);
    centre(items, n, by_block, scratch);
    scale(items, n, scratch);
    if (rank(items, n, scratch) < 0)
        return -ENOMEM;
    effect->position_p = position_p(items, n);
    if (predecessor_p(items, n, platforms, &effect->predecessor_p) < 0)
        return -ENOMEM;
    measure_effects(items, n, platforms, scratch, effect);
    return 0;
}
