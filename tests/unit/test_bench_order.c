/* What a summary says of the order of runs. */
#include "bench_fixture.h"

#include "bench/schedule.h"
#include "bench/statistics_order.h"
#include "bench/summary.h"

enum { PLATFORMS = 4 };

/* A session of noop, in which a run after the container takes `factor`. */
static json_t *order_effect_of(const char *directory, double factor)
{
    struct result_writer writer;
    struct error error = {0};
    struct pairing order[PLATFORMS];
    json_t *summary = NULL, *effect;

    fixture_create(directory, &writer);
    for (int64_t block = 1; block <= FIXTURE_BLOCKS; block++) {
        schedule_block(1, block, PLATFORMS, 1, order);
        for (size_t i = 0; i < PLATFORMS; i++) {
            struct result_run run = fixture_run(
                block, fixture_platforms[order[i].platform].name, "noop");
            bool after =
                i > 0 && strcmp(fixture_platforms[order[i - 1].platform].name,
                                "container") == 0;

            run.position = (int64_t)i + 1;
            run.exit_ns = 1000000 + (int64_t)order[i].platform * 500000 +
                          (block * 7 + (int64_t)i * 5) % 11 * 1000;
            if (after)
                run.exit_ns = (int64_t)((double)run.exit_ns * factor);
            fixture_append(&writer, &run);
        }
    }
    fixture_finish(&writer);
    if (summary_compute(directory, &error) < 0 ||
        summary_load(directory, &summary, &error) < 0)
        fail_msg("%s", error.text);
    effect = json_incref(
        json_object_get(json_object_get(summary, "order_effect"), "noop"));
    json_decref(summary);
    return effect;
}

static void a_predecessor_that_matters_is_named(void **state)
{
    json_t *effect = order_effect_of(*state, 2);
    const json_t *predecessor = json_object_get(effect, "predecessor");

    assert_true(json_is_true(json_object_get(effect, "found")));
    assert_string_equal(
        json_string_value(json_object_get(predecessor, "platform")),
        "container");
    assert_true(json_number_value(json_object_get(predecessor, "ratio")) > 1.8);
    assert_non_null(
        strstr(json_string_value(json_object_get(effect, "sentence")),
               "after container"));
    json_decref(effect);
}

static void no_effect_is_found_where_there_is_none(void **state)
{
    json_t *effect = order_effect_of(*state, 1);

    assert_true(json_is_false(json_object_get(effect, "found")));
    assert_int_equal(json_integer_value(json_object_get(effect, "n")),
                     PLATFORMS * FIXTURE_BLOCKS);
    json_decref(effect);
}

static void nothing_at_all_is_no_effect(void **state)
{
    const struct order_sample alone = {1, 1, 0, ORDER_NOTHING, 1.5};
    struct order_effect effect;

    (void)state;
    assert_int_equal(order_test(NULL, 0, 0, &effect), 0);
    assert_int_equal(effect.n, 0);
    assert_int_equal(order_test(&alone, 1, 1, &effect), 0);
    assert_true(effect.position_p == 1 && effect.predecessor_p == 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_predecessor_that_matters_is_named,
                                        fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(no_effect_is_found_where_there_is_none,
                                        fixture_setup, fixture_teardown),
        cmocka_unit_test(nothing_at_all_is_no_effect),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
