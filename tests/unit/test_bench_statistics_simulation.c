/*
 * What the statistics do in the long run, on made-up timings whose truth is
 * known: skewed (log-normal) with a tenth of far outliers, as real ones are.
 * The seeds are fixed, so the rates are the same on each run.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bench/statistics.h"

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <stdbool.h>

enum { SESSIONS = 2000, MOST_BLOCKS = 50 };

static const double band = 0.03;

/* A timing with median `median`; spread is that of its logarithm. */
static double timing(gsl_rng *random, double median, double spread)
{
    double value = median * exp(gsl_ran_gaussian(random, spread));

    /* An outlier doubles as many as it halves: the median stays. */
    if (gsl_rng_uniform(random) < 0.1)
        value *= gsl_rng_uniform(random) < 0.5 ? 0.5 : 2;
    return value;
}

/* How often the interval of n values holds the true median. */
static double coverage(size_t n, double spread)
{
    gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);
    size_t held = 0;

    for (size_t i = 0; i < SESSIONS; i++) {
        double values[MOST_BLOCKS];
        struct estimate estimate;

        for (size_t j = 0; j < n; j++)
            values[j] = timing(random, 100, spread);
        estimate_compute(values, n, &estimate);
        held += estimate.interval.low <= 100 && estimate.interval.high >= 100;
    }
    gsl_rng_free(random);
    return (double)held / SESSIONS;
}

static void intervals_cover_the_median_as_often_as_they_say(void **state)
{
    static const size_t sizes[] = {6, 7, 8, 10, 13, 20, 23, 50};

    (void)state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        double rate = coverage(sizes[i], 0.1);

        print_message("n = %zu: %.3f\n", sizes[i], rate);
        assert_true(rate >= 0.93 && rate <= 0.98);
    }
}

static struct ratio simulated_ratio(gsl_rng *random, size_t n, double truth,
                                    double spread, const double *reference,
                                    const double *drift)
{
    double measured[MOST_BLOCKS];
    struct ratio ratio;

    for (size_t i = 0; i < n; i++)
        measured[i] = timing(random, truth, spread) * drift[i];
    assert_int_equal(ratio_compute(measured, reference, n, &ratio), 0);
    return ratio;
}

/*
 * Sessions of n blocks on a host whose speed drifts by a third: counts the
 * verdicts on a platform that is truth times as slow as native.
 */
static void count_verdicts(size_t n, double truth, double spread,
                           bool with_floor, size_t counts[VERDICTS])
{
    gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);

    for (size_t i = 0; i < VERDICTS; i++)
        counts[i] = 0;
    for (size_t i = 0; i < SESSIONS; i++) {
        double reference[MOST_BLOCKS], drift[MOST_BLOCKS];
        struct ratio control, ratio;

        for (size_t j = 0; j < n; j++) {
            drift[j] = 1 + gsl_rng_uniform(random) / 3;
            reference[j] = timing(random, 1, spread) * drift[j];
        }
        control = simulated_ratio(random, n, 1, spread, reference, drift);
        ratio = simulated_ratio(random, n, truth, spread, reference, drift);
        counts[verdict_decide(&ratio, band,
                              with_floor ? &control.interval : NULL, false)]++;
    }
    gsl_rng_free(random);
    print_message(
        "n = %zu, truth %.3f, spread %.2f, %s floor: %zu inconclusive, "
        "%zu equivalent, %zu faster, %zu slower of %d\n",
        n, truth, spread, with_floor ? "with" : "no",
        counts[VERDICT_INCONCLUSIVE], counts[VERDICT_EQUIVALENT],
        counts[VERDICT_FASTER], counts[VERDICT_SLOWER], SESSIONS);
}

/* With a control, as sessions have it, hardly ever; without one, in the 5 % of
 * cases in which a 95 % interval errs (and the simulation's own error, three
 * standard deviations of 0.5 %). */
static void a_against_a_is_seldom_called_different(void **state)
{
    static const size_t sizes[] = {6, 10, 20, 50};
    size_t counts[VERDICTS];

    (void)state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        count_verdicts(sizes[i], 1, 0.05, true, counts);
        assert_true(counts[VERDICT_FASTER] + counts[VERDICT_SLOWER] <=
                    SESSIONS / 100);
        count_verdicts(sizes[i], 1, 0.05, false, counts);
        assert_true(counts[VERDICT_FASTER] + counts[VERDICT_SLOWER] <=
                    SESSIONS * 65 / 1000);
    }
}

static void a_clear_difference_is_found(void **state)
{
    size_t counts[VERDICTS];

    (void)state;
    count_verdicts(20, 1.2, 0.05, true, counts);
    assert_true(counts[VERDICT_SLOWER] >= SESSIONS * 95 / 100);
    assert_int_equal(counts[VERDICT_FASTER], 0);
    count_verdicts(20, 1 / 1.2, 0.05, true, counts);
    assert_true(counts[VERDICT_FASTER] >= SESSIONS * 95 / 100);
    assert_int_equal(counts[VERDICT_SLOWER], 0);
}

static void a_difference_that_does_not_matter_is_equivalent(void **state)
{
    size_t counts[VERDICTS];

    (void)state;
    count_verdicts(20, 1.005, 0.01, true, counts);
    assert_true(counts[VERDICT_EQUIVALENT] >= SESSIONS * 95 / 100);
}

/* On the edge of the band the whole interval is inside by luck alone. */
static void a_difference_of_the_band_is_seldom_called_equivalent(void **state)
{
    size_t counts[VERDICTS];

    (void)state;
    count_verdicts(50, 1.03, 0.02, false, counts);
    assert_true(counts[VERDICT_EQUIVALENT] <= SESSIONS / 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(intervals_cover_the_median_as_often_as_they_say),
        cmocka_unit_test(a_against_a_is_seldom_called_different),
        cmocka_unit_test(a_clear_difference_is_found),
        cmocka_unit_test(a_difference_that_does_not_matter_is_equivalent),
        cmocka_unit_test(a_difference_of_the_band_is_seldom_called_equivalent),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
