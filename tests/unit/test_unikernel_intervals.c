/* Interval sets: held against a plain array of pages under random use. */
#include "guests/unikernel/intervals.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct intervals set;

static int reset(void **state)
{
    (void)state;
    memset(&set, 0, sizeof(set));
    return 0;
}

static void adding_neighbours_merges_them(void **state)
{
    (void)state;
    assert_int_equal(intervals_add(&set, 10, 20), 0);
    assert_int_equal(intervals_add(&set, 30, 40), 0);
    assert_int_equal(set.count, 2);
    assert_int_equal(intervals_add(&set, 20, 30), 0);
    assert_int_equal(set.count, 1);
    assert_true(intervals_cover(&set, 10, 40));
    assert_int_equal(intervals_total(&set), 30);
}

static void removing_the_middle_splits(void **state)
{
    (void)state;
    intervals_add(&set, 10, 40);
    assert_int_equal(intervals_remove(&set, 20, 30), 0);
    assert_int_equal(set.count, 2);
    assert_true(intervals_touch(&set, 19, 21));
    assert_false(intervals_touch(&set, 20, 30));
    assert_false(intervals_cover(&set, 10, 40));
}

static void removing_beside_changes_nothing(void **state)
{
    (void)state;
    intervals_add(&set, 10, 20);
    assert_int_equal(intervals_remove(&set, 20, 30), 0);
    assert_int_equal(intervals_remove(&set, 0, 10), 0);
    assert_int_equal(intervals_total(&set), 10);
}

static void the_highest_gap_is_found(void **state)
{
    (void)state;
    intervals_add(&set, 0x8000, 0x9000);
    assert_int_equal(intervals_gap(&set, 0x1000, 0xa000, 0x1000, 0x1000),
                     0x9000);
    assert_int_equal(intervals_gap(&set, 0x1000, 0xa000, 0x2000, 0x1000),
                     0x6000);
    assert_int_equal(intervals_gap(&set, 0x1000, 0xa000, 0x2000, 0x4000),
                     0x4000);
    assert_int_equal(intervals_gap(&set, 0x1000, 0xa000, 0x8000, 0x1000), 0);
}

static void the_next_interval_is_the_one_that_ends_behind(void **state)
{
    (void)state;
    intervals_add(&set, 0x1000, 0x2000);
    intervals_add(&set, 0x3000, 0x5000);
    assert_int_equal(intervals_next(&set, 0)->start, 0x1000);
    assert_int_equal(intervals_next(&set, 0x1fff)->start, 0x1000);
    assert_int_equal(intervals_next(&set, 0x2000)->start, 0x3000);
    assert_int_equal(intervals_next(&set, 0x4000)->start, 0x3000);
    assert_null(intervals_next(&set, 0x5000));
}

static void a_full_set_refuses_and_keeps_what_it_has(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < INTERVALS_MAX; i++)
        assert_int_equal(intervals_add(&set, i * 10 + 1, i * 10 + 5), 0);
    assert_int_equal(intervals_add(&set, 6, 8), -ENOMEM);
    assert_int_equal(intervals_remove(&set, 2, 3), -ENOMEM);
    assert_int_equal(set.count, INTERVALS_MAX);
    assert_true(intervals_cover(&set, 1, 5));
    assert_int_equal(intervals_add(&set, 5, 11), 0);
    assert_int_equal(set.count, INTERVALS_MAX - 1);
}

enum { PAGES = 200, STEPS = 20000 };

static void check_against(const bool *used)
{
    uint64_t total = 0;

    for (uint64_t i = 0; i < PAGES; i++) {
        assert_int_equal(intervals_touch(&set, i, i + 1), used[i]);
        total += used[i];
    }
    assert_int_equal(intervals_total(&set), total);
    for (size_t i = 1; i < set.count; i++)
        assert_true(set.at[i - 1].end < set.at[i].start);
}

static void random_use_agrees_with_an_array(void **state)
{
    bool used[PAGES] = {false};

    (void)state;
    srandom(7);
    for (int step = 0; step < STEPS; step++) {
        uint64_t start = (uint64_t)random() % (PAGES - 1);
        uint64_t end = start + 1 + (uint64_t)random() % (PAGES - start - 1);
        bool add = random() % 2;

        if (add)
            intervals_add(&set, start, end);
        else
            intervals_remove(&set, start, end);
        for (uint64_t i = start; i < end; i++)
            used[i] = add;
        if (step % 16 == 0)
            check_against(used);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(adding_neighbours_merges_them, reset),
        cmocka_unit_test_setup(removing_the_middle_splits, reset),
        cmocka_unit_test_setup(removing_beside_changes_nothing, reset),
        cmocka_unit_test_setup(the_highest_gap_is_found, reset),
        cmocka_unit_test_setup(the_next_interval_is_the_one_that_ends_behind,
                               reset),
        cmocka_unit_test_setup(a_full_set_refuses_and_keeps_what_it_has, reset),
        cmocka_unit_test_setup(random_use_agrees_with_an_array, reset),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
