/* Numbers as people read them. */
#include "report/numbers.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct figure figure(double median, double low, double high)
{
    return (struct figure){.n = 20,
                           .median = median,
                           .has_interval = true,
                           .low = low,
                           .high = high};
}

static void times_take_the_unit_that_reads_best(void **state)
{
    (void)state;
    assert_string_equal(number_value(3.12e6, "ns").text, "3.12\u00a0ms");
    assert_string_equal(number_value(241500, "ns").text, "242\u00a0µs");
    assert_string_equal(number_value(1.5e9, "ns").text, "1.50\u00a0s");
    assert_string_equal(number_value(0.119, "ns").text, "0.119\u00a0ns");
    assert_string_equal(number_value(999.9e3, "ns").text, "1.00\u00a0ms");
}

static void sizes_count_in_thousands(void **state)
{
    (void)state;
    assert_string_equal(number_value(61440, "bytes").text, "61.4\u00a0kB");
    assert_string_equal(number_value(9.23e6, "bytes").text, "9.23\u00a0MB");
    assert_string_equal(number_value(0, "bytes").text, "0.00\u00a0B");
}

static void an_interval_shares_unit_and_decimals_of_its_median(void **state)
{
    const struct figure time = figure(3.07e6, 0.99e6, 13.24e6);

    (void)state;
    assert_string_equal(number_figure(&time, "ns").text,
                        "3.07\u00a0ms [0.99,\u00a013.24]");
}

static void no_interval_is_said_so(void **state)
{
    const struct figure time = {.n = 4, .median = 2, .low = 2, .high = 2};

    (void)state;
    assert_string_equal(number_figure(&time, "ns").text,
                        "2.00\u00a0ns [no\u00a0interval]");
}

static void ratios_near_one_show_thousandths(void **state)
{
    const struct figure ratio = figure(1.0042, 0.998, 1.0091);

    (void)state;
    assert_string_equal(number_ratio_figure(&ratio).text,
                        "1.004 [0.998,\u00a01.009]");
    assert_string_equal(number_ratio(24.06).text, "24.1");
    assert_string_equal(number_ratio(0.0174).text, "0.0174");
}

static void reach_is_the_farther_end_rounded_up(void **state)
{
    const struct figure ratio = figure(1.002, 0.9961, 1.0031);

    (void)state;
    assert_string_equal(number_reach(&ratio).text, "0.4\u00a0%");
}

static void a_ratio_turned_round_turns_its_interval(void **state)
{
    const struct figure ratio = figure(2, 1.6, 2.5);
    const struct figure inverse = figure_inverse(&ratio);

    (void)state;
    assert_float_equal(inverse.median, 0.5, 1e-12);
    assert_float_equal(inverse.low, 0.4, 1e-12);
    assert_float_equal(inverse.high, 0.625, 1e-12);
}

static void enormous_numbers_stay_short(void **state)
{
    (void)state;
    assert_string_equal(number_value(1e300, "count").text, "1e+300\u00a0count");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_take_the_unit_that_reads_best),
        cmocka_unit_test(sizes_count_in_thousands),
        cmocka_unit_test(an_interval_shares_unit_and_decimals_of_its_median),
        cmocka_unit_test(no_interval_is_said_so),
        cmocka_unit_test(ratios_near_one_show_thousandths),
        cmocka_unit_test(reach_is_the_farther_end_rounded_up),
        cmocka_unit_test(a_ratio_turned_round_turns_its_interval),
        cmocka_unit_test(enormous_numbers_stay_short),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
