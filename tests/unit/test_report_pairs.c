/* Two platforms side by side: pairing by block, medians, exact intervals. */
#include "report/pairs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static struct platform_entry platforms[] = {{.name = "a"}, {.name = "b"}};
static struct workload_entry workload = {.name = "noop"};

static struct raw_value raw(size_t platform, int64_t block, double value)
{
    return (struct raw_value){.platform = &platforms[platform],
                              .workload = &workload,
                              .block = block,
                              .value = value};
}

static struct record record_of(struct raw_value *values, size_t count)
{
    struct record record = {.platforms = platforms,
                            .platform_count = 2,
                            .workloads = &workload,
                            .workload_count = 1,
                            .raw = values,
                            .raw_count = count,
                            .band = 0.03};

    record_sort_raw(&record);
    return record;
}

static void values_are_paired_within_their_block(void **state)
{
    struct raw_value values[] = {raw(0, 3, 30), raw(1, 1, 5),  raw(0, 1, 10),
                                 raw(1, 3, 10), raw(0, 2, 99), raw(1, 4, 77)};
    const struct record record = record_of(values, 6);
    double *ratios;

    (void)state;
    assert_int_equal(
        pairs_ratios(&record, &workload, &platforms[0], &platforms[1], &ratios),
        2);
    assert_float_equal(ratios[0], 2, 1e-12);
    assert_float_equal(ratios[1], 3, 1e-12);
    free(ratios);
}

static void a_zero_has_no_ratio(void **state)
{
    struct raw_value values[] = {raw(0, 1, 1), raw(1, 1, 0)};
    const struct record record = record_of(values, 2);
    struct figure ratio;

    (void)state;
    assert_int_equal(
        pairs_compare(&record, &workload, &platforms[0], &platforms[1], &ratio),
        WORD_NONE);
}

/* The tabulated ranks for 95 %: n = 6: 1; n = 20: 6; n = 100: 40. */
static void intervals_are_those_of_the_tables(void **state)
{
    static const struct {
        size_t n;
        double low, high;
    } known[] = {{6, 1, 6}, {8, 1, 8}, {9, 2, 8}, {20, 6, 15}, {100, 40, 61}};
    double values[100];

    (void)state;
    for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
        struct figure figure;

        for (size_t k = 0; k < known[i].n; k++)
            values[k] = (double)(known[i].n - k);
        figure = pairs_median(values, known[i].n);
        assert_true(figure.has_interval);
        assert_float_equal(figure.low, known[i].low, 0);
        assert_float_equal(figure.high, known[i].high, 0);
    }
}

static void five_values_have_no_interval(void **state)
{
    double values[] = {5, 1, 4, 2, 3};
    const struct figure figure = pairs_median(values, 5);

    (void)state;
    assert_false(figure.has_interval);
    assert_float_equal(figure.median, 3, 0);
}

static void none_is_no_figure(void **state)
{
    (void)state;
    assert_int_equal(pairs_median(NULL, 0).n, 0);
}

static enum verdict_word verdict_of(double ratio, double spread)
{
    struct raw_value values[16];
    struct record record;
    struct figure figure;

    for (int i = 0; i < 8; i++) {
        values[2 * i] = raw(0, i, ratio * (1 + spread * (i - 4)));
        values[2 * i + 1] = raw(1, i, 1);
    }
    record = record_of(values, 16);
    return pairs_compare(&record, &workload, &platforms[0], &platforms[1],
                         &figure);
}

static void the_verdict_follows_the_interval(void **state)
{
    (void)state;
    assert_int_equal(verdict_of(1.001, 0.001), WORD_EQUIVALENT);
    assert_int_equal(verdict_of(0.5, 0.01), WORD_FASTER);
    assert_int_equal(verdict_of(2, 0.01), WORD_SLOWER);
    assert_int_equal(verdict_of(1, 0.1), WORD_INCONCLUSIVE);
}

static void what_noise_could_do_is_no_difference(void **state)
{
    struct raw_value values[16];
    struct record record;
    struct figure ratio;

    (void)state;
    for (int i = 0; i < 8; i++) {
        values[2 * i] = raw(0, i, 1.2);
        values[2 * i + 1] = raw(1, i, 1);
    }
    record = record_of(values, 16);
    record.document = json_pack("{s:{s:{s:f,s:f}}}", "noise_floor", "noop",
                                "low", 0.9, "high", 1.3);
    assert_int_equal(
        pairs_compare(&record, &workload, &platforms[0], &platforms[1], &ratio),
        WORD_INCONCLUSIVE);
    json_decref(record.document);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_paired_within_their_block),
        cmocka_unit_test(a_zero_has_no_ratio),
        cmocka_unit_test(intervals_are_those_of_the_tables),
        cmocka_unit_test(five_values_have_no_interval),
        cmocka_unit_test(none_is_no_figure),
        cmocka_unit_test(what_noise_could_do_is_no_difference),
        cmocka_unit_test(the_verdict_follows_the_interval),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
