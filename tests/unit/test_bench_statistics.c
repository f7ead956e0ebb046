/* Medians, intervals, ratios and verdicts against known answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bench/statistics.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The mouse data of Efron and Tibshirani 1993, table 2.1. */
static const double control_mice[] = {52, 104, 146, 10, 51, 30, 40, 27, 46};
static const double treated_mice[] = {94, 197, 16, 38, 99, 141, 23};

static struct estimate estimate_of(const double *values, size_t n)
{
    double copy[16];
    struct estimate estimate;

    assert_true(n <= COUNT(copy));
    memcpy(copy, values, n * sizeof(*values));
    estimate_compute(copy, n, &estimate);
    return estimate;
}

static bool near(double value, double expected, double tolerance)
{
    return fabs(value - expected) <= tolerance;
}

static void quantiles_are_those_of_r(void **state)
{
    static const double values[] = {1, 2, 3, 4, 10};
    static const double even[] = {1, 2, 4, 8};

    (void)state;
    assert_true(statistics_quantile(values, 5, 0) == 1);
    assert_true(statistics_quantile(values, 5, 0.25) == 2);
    assert_true(statistics_quantile(values, 5, 0.5) == 3);
    assert_true(fabs(statistics_quantile(values, 5, 0.9) - 7.6) < 1e-12);
    assert_true(statistics_quantile(values, 5, 1) == 10);
    assert_true(statistics_quantile(even, 4, 0.5) == 3);
    assert_true(statistics_quantile(even, 1, 0.5) == 1);
}

/*
 * For nine values the 2.5 % point of Beta(5, 5) is 0.21201 (qbeta in R): the
 * interval reaches from a little above the second value to a little below the
 * eighth. For seven it is 0.18405 of Beta(4, 4).
 */
static void intervals_are_those_worked_out_by_hand(void **state)
{
    struct estimate control = estimate_of(control_mice, COUNT(control_mice));
    struct estimate treated = estimate_of(treated_mice, COUNT(treated_mice));

    (void)state;
    assert_int_equal(control.n, 9);
    assert_true(control.median == 46);
    assert_true(control.minimum == 10 && control.maximum == 146);
    assert_true(control.has_interval);
    assert_true(near(control.interval.low, 27 + 0.1201 * (30 - 27), 0.01));
    assert_true(near(control.interval.high, 104 - 0.1201 * (104 - 52), 0.05));
    assert_true(treated.median == 94);
    assert_true(near(treated.interval.low, 16 + 0.4724 * (23 - 16), 0.01));
    assert_true(near(treated.interval.high, 197 - 0.4724 * (197 - 141), 0.05));
}

static int compare_values(const void *left, const void *right)
{
    const double a = *(const double *)left, b = *(const double *)right;

    return (a > b) - (a < b);
}

/* Of every magnitude and either sign, some of them equal. */
static double any_value(void)
{
    static const double special[] = {0, 1, -1, 5e-324, 1.7976931348623157e308};

    return rand() % 8 == 0 ? special[(size_t)rand() % COUNT(special)]
                           : ldexp(rand() - RAND_MAX / 2, rand() % 200 - 100);
}

static void sorting_puts_the_smallest_first(void **state)
{
    static const size_t sizes[] = {0, 1, 2, 24, 25, 255, 256, 257, 5000};
    static double sorted[5000], expected[5000];

    (void)state;
    srand(2);
    for (size_t i = 0; i < COUNT(sizes); i++) {
        for (size_t j = 0; j < sizes[i]; j++)
            sorted[j] = expected[j] = any_value();
        statistics_sort(sorted, sizes[i]);
        qsort(expected, sizes[i], sizeof(*expected), compare_values);
        for (size_t j = 0; j < sizes[i]; j++)
            assert_true(sorted[j] == expected[j]);
    }
}

static void sorting_leaves_equal_values(void **state)
{
    static double values[1000];

    (void)state;
    for (size_t i = 0; i < COUNT(values); i++)
        values[i] = -2.5;
    statistics_sort(values, COUNT(values));
    for (size_t i = 0; i < COUNT(values); i++)
        assert_true(values[i] == -2.5);
}

/* A draw from the piecewise linear distribution function of the values. */
static double smoothed_draw(const double *sorted, size_t n)
{
    double position = (double)(n + 1) * rand() / ((double)RAND_MAX + 1);
    size_t below = (size_t)position;

    if (below < 1)
        return sorted[0];
    if (below >= n)
        return sorted[n - 1];
    return sorted[below - 1] +
           (position - (double)below) * (sorted[below] - sorted[below - 1]);
}

static void the_closed_form_agrees_with_drawing_resamples(void **state)
{
    static const double values[] = {1, 2, 4, 7, 11, 16, 22, 29, 37, 46, 56};
    static double medians[20000];
    struct estimate estimate = estimate_of(values, COUNT(values));

    (void)state;
    srand(1);
    for (size_t i = 0; i < COUNT(medians); i++) {
        double draws[COUNT(values)];

        for (size_t j = 0; j < COUNT(values); j++)
            draws[j] = smoothed_draw(values, COUNT(values));
        statistics_sort(draws, COUNT(values));
        medians[i] = draws[COUNT(values) / 2];
    }
    statistics_sort(medians, COUNT(medians));
    assert_true(near(statistics_quantile(medians, COUNT(medians), 0.025),
                     estimate.interval.low, 0.2));
    assert_true(near(statistics_quantile(medians, COUNT(medians), 0.975),
                     estimate.interval.high, 0.5));
}

static void fewer_than_six_values_have_no_interval(void **state)
{
    static const double values[] = {3, 1, 2, 4, 5, 6};

    (void)state;
    assert_int_equal(estimate_of(values, 0).n, 0);
    assert_true(estimate_of(values, 1).median == 3);
    assert_false(estimate_of(values, 1).has_interval);
    assert_true(estimate_of(values, 4).median == 2.5);
    assert_false(estimate_of(values, 5).has_interval);
    assert_true(estimate_of(values, 6).has_interval);
}

static void equal_values_have_an_interval_of_no_width(void **state)
{
    static const double values[] = {7, 7, 7, 7, 7, 7};
    struct estimate estimate = estimate_of(values, COUNT(values));

    (void)state;
    assert_true(estimate.interval.low == 7 && estimate.interval.high == 7);
}

static void ratios_are_paired_by_position(void **state)
{
    /* Twice as slow in each block, while the host drifts by a factor of 6. */
    static const double reference[] = {1, 2, 3, 4, 5, 6};
    static const double measured[] = {2, 4, 6, 8, 10, 12};
    struct ratio ratio;

    (void)state;
    assert_int_equal(ratio_compute(measured, reference, 6, &ratio), 0);
    assert_int_equal(ratio.n, 6);
    assert_true(fabs(ratio.median - 2) < 1e-12);
    assert_true(fabs(ratio.interval.low - 2) < 1e-12);
    assert_true(fabs(ratio.interval.high - 2) < 1e-12);
}

static void exchanging_the_two_inverts_the_ratio(void **state)
{
    static const double a[] = {1, 5, 2, 8, 3, 9, 4, 7};
    static const double b[] = {2, 4, 2, 6, 9, 1, 3, 5};
    struct ratio forth, back;

    (void)state;
    ratio_compute(a, b, COUNT(a), &forth);
    ratio_compute(b, a, COUNT(a), &back);
    assert_true(fabs(forth.median * back.median - 1) < 1e-12);
}

static void a_pair_with_a_zero_has_no_ratio(void **state)
{
    static const double measured[] = {0, 2, 3};
    static const double reference[] = {1, 0, 3};
    struct ratio ratio;

    (void)state;
    assert_int_equal(ratio_compute(measured, reference, 3, &ratio), 0);
    assert_int_equal(ratio.n, 1);
    assert_int_equal(ratio_compute(measured, reference, 2, &ratio), 0);
    assert_int_equal(ratio.n, 0);
}

static void verdicts_follow_the_rule(void **state)
{
    static const struct interval quiet = {0.999, 1.001};
    static const struct interval noisy = {0.92, 1.089};
    static const struct interval at_most = {1 / 1.09, 1.09};
    static const struct interval wild = {0.95, 2.64};
    static const struct interval wild_below = {0.09, 1.01};
    static const struct {
        size_t n;
        double low, high;
        const struct interval *floor;
        bool higher_is_better;
        enum verdict verdict;
    } cases[] = {
        {20, 0.98, 1.02, NULL, false, VERDICT_EQUIVALENT},
        {20, 1.01, 1.02, NULL, false, VERDICT_EQUIVALENT},
        {20, 0.98, 1.02, &quiet, false, VERDICT_EQUIVALENT},
        {20, 1.20, 1.30, NULL, false, VERDICT_SLOWER},
        {20, 1.01, 1.30, NULL, false, VERDICT_SLOWER},
        {20, 0.70, 0.80, NULL, false, VERDICT_FASTER},
        {20, 0.70, 0.80, NULL, true, VERDICT_SLOWER},
        {20, 1.20, 1.30, NULL, true, VERDICT_FASTER},
        {20, 0.90, 1.10, NULL, false, VERDICT_INCONCLUSIVE},
        {20, 0.99, 1.30, NULL, false, VERDICT_INCONCLUSIVE},
        /* What the host's own noise could have made. */
        {20, 1.05, 1.08, &noisy, false, VERDICT_EQUIVALENT},
        {20, 1.05, 1.30, &noisy, false, VERDICT_INCONCLUSIVE},
        {20, 1.10, 1.30, &noisy, false, VERDICT_SLOWER},
        {20, 0.70, 0.95, &noisy, false, VERDICT_INCONCLUSIVE},
        /* So noisy that everything would be equivalent: nothing is. */
        {20, 0.99, 1.01, &wild, false, VERDICT_INCONCLUSIVE},
        {20, 0.99, 1.01, &wild_below, false, VERDICT_INCONCLUSIVE},
        {20, 0.99, 1.01, &at_most, false, VERDICT_EQUIVALENT},
        {20, 2.70, 3.00, &wild, false, VERDICT_SLOWER},
        /* The band is symmetric for ratios: 1/1.03, not 0.97. */
        {20, 0.9705, 1.00, NULL, false, VERDICT_INCONCLUSIVE},
        {20, 0.9709, 1.00, NULL, false, VERDICT_EQUIVALENT},
        /* Too few to say anything. */
        {5, 3.0, 3.1, NULL, false, VERDICT_INCONCLUSIVE},
        {6, 3.0, 3.1, NULL, false, VERDICT_SLOWER},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct ratio ratio = {
            .n = cases[i].n,
            .has_interval = true,
            .interval = {cases[i].low, cases[i].high},
        };
        enum verdict verdict = verdict_decide(&ratio, 0.03, cases[i].floor,
                                              cases[i].higher_is_better);

        if (verdict != cases[i].verdict)
            fail_msg("case %zu: %s", i, verdict_name(verdict));
    }
}

/* On pseudo-random pairs of every size, in and out of the band and the noise.
 */
static void levels_agree_with_the_rule(void **state)
{
    static const struct interval floors[] = {{1, 1}, {0.98, 1.05}, {0.5, 2}};
    unsigned seed = 1;
    size_t verdicts = 0, none = 0;

    (void)state;
    for (size_t i = 0; i < 3000; i++) {
        double measured[40], reference[40], p;
        size_t n = 4 + i % 36;
        const struct interval *floor = &floors[i % COUNT(floors)];
        const struct verdict_rule rule = verdict_rule(0.03, floor);
        double shift = 1 + 0.1 * ((double)(i % 11) - 5) / 5;
        struct ratio ratio;
        bool given;

        for (size_t j = 0; j < n; j++) {
            reference[j] = 1;
            measured[j] = shift * (1 + 0.1 * rand_r(&seed) / RAND_MAX);
        }
        assert_int_equal(ratio_compute(measured, reference, n, &ratio), 0);
        assert_int_equal(verdict_p(measured, reference, n, &rule, &p), 0);
        given =
            verdict_decide(&ratio, 0.03, floor, false) != VERDICT_INCONCLUSIVE;
        if (given != (p <= STATISTICS_LEVEL))
            fail_msg("session %zu: verdict %d, level %g", i, given, p);
        verdicts += given;
        none += !given;
    }
    assert_true(verdicts > 500 && none > 500);
}

static void a_level_is_never_below_what_signs_can_tell(void **state)
{
    const double measured[] = {8, 8.1, 7.9, 8, 8.2, 8};
    const double reference[] = {1, 1, 1, 1, 1, 1};
    const struct verdict_rule rule = verdict_rule(0.03, NULL);
    double p;

    (void)state;
    assert_int_equal(verdict_p(measured, reference, 6, &rule, &p), 0);
    assert_true(p >= 1.0 / 32 && p <= 0.05);
    assert_int_equal(verdict_p(measured, reference, 5, &rule, &p), 0);
    assert_true(p == 1);
}

/* R: p.adjust(c(0.01, 0.04, 0.03, 0.5), "BH"). */
static void a_family_is_corrected_as_by_r(void **state)
{
    static const double p[] = {0.01, 0.04, 0.03, 0.5};
    double adjusted[4];

    (void)state;
    assert_int_equal(family_adjust(p, 4, adjusted), 0);
    assert_true(near(adjusted[0], 0.04, 1e-12));
    assert_true(near(adjusted[1], 0.16 / 3, 1e-12));
    assert_true(near(adjusted[2], 0.16 / 3, 1e-12));
    assert_true(near(adjusted[3], 0.5, 1e-12));
    assert_int_equal(family_adjust(p, 0, adjusted), 0);
}

/* Permeability constants of Hollander and Wolfe 1973, page 69, as exponents. */
static const double term[] = {0.80, 0.83, 1.89, 1.04, 1.45,
                              1.38, 1.91, 1.64, 0.73, 1.46};
static const double early[] = {1.15, 0.88, 0.90, 0.74, 1.21};

/*
 * R: wilcox.test(term, early, conf.int = TRUE) gives 0.305 [-0.15, 0.76]. The
 * five values of one sample are too few for an interval here, so the interval
 * is checked on the sample doubled: wilcox.test(term, c(early, early + 0.01)).
 */
static void shifts_are_those_of_r(void **state)
{
    double before[10], after[10];
    struct ratio ratio;

    (void)state;
    for (size_t i = 0; i < 10; i++) {
        after[i] = exp(term[i]);
        before[i] = exp(early[i % 5] + (i < 5 ? 0 : 0.01));
    }
    assert_int_equal(shift_compute(before, 5, after, 10, &ratio), 0);
    assert_int_equal(ratio.n, 5);
    assert_true(near(log(ratio.median), 0.305, 1e-9));
    assert_false(ratio.has_interval);
    assert_int_equal(shift_compute(before, 10, after, 10, &ratio), 0);
    assert_true(ratio.has_interval);
    assert_true(near(log(ratio.median), 0.300, 1e-9));
    assert_true(near(log(ratio.interval.low), -0.08, 1e-9));
    assert_true(near(log(ratio.interval.high), 0.71, 1e-9));
}

static void a_shift_turned_round_is_inverted(void **state)
{
    double before[60], after[70];
    struct ratio there, back;

    (void)state;
    for (size_t i = 0; i < 70; i++)
        after[i] = 3.0 + (double)(i * 37 % 71);
    for (size_t i = 0; i < 60; i++)
        before[i] = 2.0 + (double)(i * 29 % 61);
    assert_int_equal(shift_compute(before, 60, after, 70, &there), 0);
    assert_int_equal(shift_compute(after, 70, before, 60, &back), 0);
    assert_true(near(there.median * back.median, 1, 1e-9));
    assert_true(near(there.interval.low * back.interval.high, 1, 1e-9));
}

static void a_shift_without_positive_values_is_none(void **state)
{
    static const double zeros[6];
    static const double ones[] = {1, 1, 1, 1, 1, 1};
    struct ratio ratio;

    (void)state;
    assert_int_equal(shift_compute(zeros, 6, ones, 6, &ratio), 0);
    assert_int_equal(ratio.n, 0);
    assert_int_equal(shift_compute(ones, 6, ones, 6, &ratio), 0);
    assert_true(ratio.has_interval && ratio.median == 1);
    assert_true(ratio.interval.low == 1 && ratio.interval.high == 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantiles_are_those_of_r),
        cmocka_unit_test(intervals_are_those_worked_out_by_hand),
        cmocka_unit_test(sorting_puts_the_smallest_first),
        cmocka_unit_test(sorting_leaves_equal_values),
        cmocka_unit_test(the_closed_form_agrees_with_drawing_resamples),
        cmocka_unit_test(fewer_than_six_values_have_no_interval),
        cmocka_unit_test(equal_values_have_an_interval_of_no_width),
        cmocka_unit_test(ratios_are_paired_by_position),
        cmocka_unit_test(exchanging_the_two_inverts_the_ratio),
        cmocka_unit_test(a_pair_with_a_zero_has_no_ratio),
        cmocka_unit_test(verdicts_follow_the_rule),
        cmocka_unit_test(levels_agree_with_the_rule),
        cmocka_unit_test(a_level_is_never_below_what_signs_can_tell),
        cmocka_unit_test(a_family_is_corrected_as_by_r),
        cmocka_unit_test(shifts_are_those_of_r),
        cmocka_unit_test(a_shift_turned_round_is_inverted),
        cmocka_unit_test(a_shift_without_positive_values_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
