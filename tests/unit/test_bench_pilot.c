/* The number of blocks that a pilot asks for. */
#include "bench_fixture.h"

#include "bench/pilot.h"

static void blocks_grow_with_the_square_of_the_width(void **state)
{
    (void)state;
    assert_int_equal(pilot_blocks(100, 98, 102, 10, 0.02), 10);
    assert_int_equal(pilot_blocks(100, 96, 104, 10, 0.02), 40);
    assert_int_equal(pilot_blocks(100, 99, 101, 10, 0.02), 3);
    assert_int_equal(pilot_blocks(100, 100, 100, 10, 0.02), 0);
}

static void a_width_beyond_reason_has_a_bound(void **state)
{
    (void)state;
    assert_int_equal(pilot_blocks(1, 0, 1e300, 10, 0.001), RESULT_MAX_RUNS);
    assert_int_equal(pilot_blocks(0, 0, 5, 10, 0.02), 0);
    assert_int_equal(pilot_blocks(1, 0, 5, 0, 0.02), 0);
}

/* Steady everywhere but for noop on the container. */
static void the_widest_cell_decides(void **state)
{
    struct result_writer writer;
    struct pilot_plan plan;
    struct error error = {0};

    fixture_create(*state, &writer);
    for (int64_t block = 1; block <= FIXTURE_BLOCKS; block++)
        for (size_t i = 0; i < 4; i++) {
            struct result_run run =
                fixture_run(block, fixture_platforms[i].name, "noop");

            if (i == 2)
                run.exit_ns += block % 2 * 10000000;
            fixture_append(&writer, &run);
        }
    fixture_finish(&writer);
    assert_int_equal(pilot_plan(*state, 0.02, &plan, &error), 0);
    assert_string_equal(plan.widest, "noop on container");
    /* 61 or 71 ms: the interval has both ends, 5 of 66 is 7.6 %. */
    assert_int_equal(plan.blocks, 144);
}

static void a_pilot_without_intervals_asks_for_nothing(void **state)
{
    struct result_writer writer;
    struct pilot_plan plan;
    struct error error = {0};

    fixture_create(*state, &writer);
    for (int64_t block = 1; block <= 5; block++) {
        struct result_run run = fixture_run(block, "native", "noop");

        fixture_append(&writer, &run);
    }
    fixture_finish(&writer);
    assert_int_equal(pilot_plan(*state, 0.02, &plan, &error), 0);
    assert_int_equal(plan.blocks, 0);
    assert_string_equal(plan.widest, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_grow_with_the_square_of_the_width),
        cmocka_unit_test(a_width_beyond_reason_has_a_bound),
        cmocka_unit_test_setup_teardown(the_widest_cell_decides, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(
            a_pilot_without_intervals_asks_for_nothing, fixture_setup,
            fixture_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
