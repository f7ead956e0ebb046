/* Calibration and timing, with work that only counts how often it is done. */
#include "guests/workloads/measure.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct counted {
    uint64_t batches, iterations, last;
};

/* Works for 10 us an iteration by the same clock. */
static void spin(void *state, uint64_t iterations)
{
    struct counted *counted = state;
    uint64_t start, now;

    counted->batches++;
    counted->iterations += iterations;
    counted->last = iterations;
    clock_ns(&start);
    do
        clock_ns(&now);
    while (now - start < iterations * 10000);
}

static void batches_last_their_share_of_the_duration(void **state)
{
    uint64_t values[] = {[OPTION_DURATION] = 20, [OPTION_SAMPLES] = 4};
    struct counted counted = {0};
    struct measurement measurement;

    (void)state;
    assert_int_equal(
        measure(&(struct batch){spin, &counted}, values, &measurement), 0);
    assert_int_equal(measurement.iterations, counted.last);
    /* 5 ms at 10 us each; far fewer only if something else held us up. */
    assert_in_range(measurement.iterations, 1, 1000);
    assert_true(measurement.batch_ns >= (double)measurement.iterations * 10000);
    assert_true(counted.batches >= 5);
    assert_true(counted.batches <= 12);
}

static void one_sample_is_enough(void **state)
{
    uint64_t values[] = {[OPTION_DURATION] = 1, [OPTION_SAMPLES] = 1};
    struct counted counted = {0};
    struct measurement measurement;

    (void)state;
    assert_int_equal(
        measure(&(struct batch){spin, &counted}, values, &measurement), 0);
    assert_true(measured_ns(&measurement, 1) >= 10000);
    assert_true(measured_ns(&measurement, 10) >= 1000);
}

static void the_median_is_the_middle_or_between_the_middle_two(void **state)
{
    (void)state;
    assert_true(median_ns((uint64_t[]){7}, 1) == 7);
    assert_true(median_ns((uint64_t[]){9, 1}, 2) == 5);
    assert_true(median_ns((uint64_t[]){900, 1, 5}, 3) == 5);
    assert_true(median_ns((uint64_t[]){4, 900, 3, 1}, 4) == 3.5);
}

static void the_clock_does_not_run_backwards(void **state)
{
    uint64_t before, after;

    (void)state;
    assert_int_equal(clock_ns(&before), 0);
    assert_int_equal(clock_ns(&after), 0);
    assert_true(after >= before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(batches_last_their_share_of_the_duration),
        cmocka_unit_test(one_sample_is_enough),
        cmocka_unit_test(the_median_is_the_middle_or_between_the_middle_two),
        cmocka_unit_test(the_clock_does_not_run_backwards),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
