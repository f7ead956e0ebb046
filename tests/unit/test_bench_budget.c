/* What of a session fits into its time. */
#include "bench/budget.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { SECOND = 1000000000, COUNT = 4 };

/* Native, a start, and two workloads of a slow platform. */
static void make_pairs(struct budget_pair pairs[COUNT])
{
    pairs[0] = (struct budget_pair){.ns = SECOND, .is_native = true};
    pairs[1] = (struct budget_pair){.ns = 3L * SECOND, .is_start = true};
    pairs[2] = (struct budget_pair){.ns = 4L * SECOND};
    pairs[3] = (struct budget_pair){.ns = 2L * SECOND};
}

static void all_stay_where_there_is_time(void **state)
{
    struct budget_pair pairs[COUNT];

    (void)state;
    make_pairs(pairs);
    assert_int_equal(budget_fit(pairs, COUNT, 9, 100L * SECOND), 0);
    assert_int_equal(budget_fit(pairs, COUNT, 9, 100L * SECOND - 1), 1);
}

static void the_dearest_go_first_and_starts_last(void **state)
{
    struct budget_pair pairs[COUNT];

    (void)state;
    make_pairs(pairs);
    assert_int_equal(budget_fit(pairs, COUNT, 9, 60L * SECOND), 1);
    assert_true(pairs[2].left_out);
    assert_int_equal(budget_fit(pairs, COUNT, 9, 40L * SECOND), 1);
    assert_true(pairs[3].left_out);
    assert_int_equal(budget_fit(pairs, COUNT, 9, 39L * SECOND), 1);
    assert_true(pairs[1].left_out);
}

static void native_stays_whatever_it_takes(void **state)
{
    struct budget_pair pairs[COUNT];

    (void)state;
    make_pairs(pairs);
    assert_int_equal(budget_fit(pairs, COUNT, 9, 0), 3);
    assert_false(pairs[0].left_out);
    assert_int_equal(budget_fit(pairs, COUNT, 9, 0), 0);
}

static void what_has_run_needs_no_warm_up(void **state)
{
    struct budget_pair pairs[COUNT];

    (void)state;
    make_pairs(pairs);
    for (int i = 0; i < COUNT; i++)
        pairs[i].has_run = true;
    assert_int_equal(budget_fit(pairs, COUNT, 9, 90L * SECOND), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_stay_where_there_is_time),
        cmocka_unit_test(the_dearest_go_first_and_starts_last),
        cmocka_unit_test(native_stays_whatever_it_takes),
        cmocka_unit_test(what_has_run_needs_no_warm_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
