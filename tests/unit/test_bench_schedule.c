/* The order of runs. */
#include "bench/schedule.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>

#include <cmocka.h>
#include <string.h>

enum { PLATFORMS = 8, WORKLOADS = 9, RUNS = PLATFORMS * WORKLOADS };

static void a_block_holds_every_pair_once(void **state)
{
    (void)state;
    for (int64_t block = 0; block < 20; block++) {
        struct pairing order[RUNS];
        bool seen[PLATFORMS][WORKLOADS] = {{false}};

        schedule_block(42, block, PLATFORMS, WORKLOADS, order);
        for (int i = 0; i < RUNS; i++) {
            assert_true(order[i].platform < PLATFORMS);
            assert_true(order[i].workload < WORKLOADS);
            assert_false(seen[order[i].platform][order[i].workload]);
            seen[order[i].platform][order[i].workload] = true;
        }
    }
}

static void the_same_seed_gives_the_same_order(void **state)
{
    struct pairing one[RUNS], two[RUNS];

    (void)state;
    schedule_block(7, 3, PLATFORMS, WORKLOADS, one);
    schedule_block(7, 3, PLATFORMS, WORKLOADS, two);
    assert_memory_equal(one, two, sizeof(one));
}

static void blocks_and_seeds_have_orders_of_their_own(void **state)
{
    struct pairing one[RUNS], next[RUNS], other[RUNS];

    (void)state;
    schedule_block(7, 3, PLATFORMS, WORKLOADS, one);
    schedule_block(7, 4, PLATFORMS, WORKLOADS, next);
    schedule_block(8, 3, PLATFORMS, WORKLOADS, other);
    assert_memory_not_equal(one, next, sizeof(one));
    assert_memory_not_equal(one, other, sizeof(one));
}

/* Over many blocks each pair comes first about equally often. */
static void no_pair_is_favoured(void **state)
{
    enum { PAIRS = 4, BLOCKS = 4000 };
    int first[PAIRS] = {0};

    (void)state;
    for (int64_t block = 0; block < BLOCKS; block++) {
        struct pairing order[PAIRS];

        schedule_block(1, block, 2, 2, order);
        first[order[0].platform * 2 + order[0].workload]++;
    }
    for (int i = 0; i < PAIRS; i++)
        assert_in_range(first[i], BLOCKS / 4 - 150, BLOCKS / 4 + 150);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_block_holds_every_pair_once),
        cmocka_unit_test(the_same_seed_gives_the_same_order),
        cmocka_unit_test(blocks_and_seeds_have_orders_of_their_own),
        cmocka_unit_test(no_pair_is_favoured),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
