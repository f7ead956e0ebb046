/* Which runs are flagged as disturbed, and what a summary says without them. */
#include "bench_fixture.h"

#include "bench/flags.h"
#include "bench/summary.h"

enum { PROCESSORS = 2, WINDOW_NS = 100000000 };

/* A run of a tenth of a second on a quiet host. */
static struct result_run quiet_run(void)
{
    struct result_run run = fixture_run(1, "native", "cpu-int");

    run.noise = (struct result_noise){.window_ns = WINDOW_NS, .load = 0.5};
    return run;
}

static void a_quiet_run_has_no_flags(void **state)
{
    struct result_run run = quiet_run();

    (void)state;
    assert_int_equal(run_flags_judge(&run, PROCESSORS), 0);
    run.noise =
        (struct result_noise){RESULT_ABSENT, RESULT_ABSENT, RESULT_ABSENT,
                              RESULT_ABSENT, RESULT_ABSENT, RESULT_ABSENT};
    assert_int_equal(run_flags_judge(&run, PROCESSORS), 0);
}

static void steal_is_measured_against_all_processors(void **state)
{
    struct result_run run = quiet_run();

    (void)state;
    run.noise.steal_ns = WINDOW_NS / 50;
    assert_int_equal(run_flags_judge(&run, PROCESSORS), 0);
    run.noise.steal_ns++;
    assert_int_equal(run_flags_judge(&run, PROCESSORS), FLAG_STEAL);
}

static void pressure_is_a_tenth_of_the_time(void **state)
{
    struct result_run run = quiet_run();

    (void)state;
    run.noise.pressure_us = WINDOW_NS / 10000;
    assert_int_equal(run_flags_judge(&run, PROCESSORS), 0);
    run.noise.pressure_us++;
    assert_int_equal(run_flags_judge(&run, PROCESSORS), FLAG_PRESSURE);
}

static void preemptions_speak_where_the_kernel_tells_no_pressure(void **state)
{
    struct result_run run = quiet_run();

    (void)state;
    run.noise.preemptions = 11;
    assert_int_equal(run_flags_judge(&run, PROCESSORS), 0);
    run.noise.pressure_us = RESULT_ABSENT;
    assert_int_equal(run_flags_judge(&run, PROCESSORS), FLAG_PRESSURE);
    run.noise.preemptions = 10;
    assert_int_equal(run_flags_judge(&run, PROCESSORS), 0);
}

static void load_and_heat_are_flagged(void **state)
{
    struct result_run run = quiet_run();

    (void)state;
    run.noise.load = PROCESSORS + 0.1;
    run.noise.throttles = 1;
    assert_int_equal(run_flags_judge(&run, PROCESSORS),
                     FLAG_LOAD | FLAG_FREQUENCY);
}

static void a_clock_may_be_off_by_what_transport_takes(void **state)
{
    struct result_run run = quiet_run();

    (void)state;
    run.ready_ns = 1000000;
    run.last_byte_ns = run.ready_ns + 100000000;
    run.inner_ns = 106000000;
    assert_int_equal(run_flags_judge(&run, PROCESSORS), 0);
    run.inner_ns++;
    assert_int_equal(run_flags_judge(&run, PROCESSORS), FLAG_CLOCK);
    run.inner_ns = 93999999;
    assert_int_equal(run_flags_judge(&run, PROCESSORS), FLAG_CLOCK);
    run.inner_ns = RESULT_ABSENT;
    assert_int_equal(run_flags_judge(&run, PROCESSORS), 0);
}

static void flags_are_written_and_read(void **state)
{
    const unsigned all = FLAG_STEAL | FLAG_LOAD | FLAG_CLOCK;
    json_t *list = run_flags_encode(all);
    unsigned flags;

    (void)state;
    assert_true(run_flags_decode(list, &flags));
    assert_int_equal(flags, all);
    json_array_append_new(list, json_string("full moon"));
    assert_false(run_flags_decode(list, &flags));
    json_decref(list);
    assert_true(run_flags_decode(NULL, &flags));
    assert_int_equal(flags, 0);
}

/* Lets a test change a run before it is written. */
typedef void (*change_run)(struct result_run *run);

/* Ten blocks of cpu-int, everybody alike but for a wobble of 1 %. */
static json_t *summarise(const char *directory, change_run change)
{
    struct result_writer writer;
    struct error error = {0};
    json_t *summary = NULL;

    fixture_create(directory, &writer);
    for (int64_t block = 1; block <= FIXTURE_BLOCKS; block++)
        for (size_t i = 0; i < 4; i++) {
            struct result_run run =
                fixture_run(block, fixture_platforms[i].name, "cpu-int");

            run.metrics[0] = (struct result_metric){
                "time_per_operation",
                1 + (double)((block * 7 + (int64_t)i * 3) % 5) / 1000, "ns"};
            run.metric_count = 1;
            run.ready_ns = 1000000;
            run.last_byte_ns = 101000000;
            run.inner_ns = 100000000;
            change(&run);
            run.flags |= run_flags_judge(&run, PROCESSORS);
            fixture_append(&writer, &run);
        }
    fixture_finish(&writer);
    if (summary_compute(directory, &error) < 0 ||
        summary_load(directory, &summary, &error) < 0)
        fail_msg("%s", error.text);
    return summary;
}

static const json_t *judged_cell(const json_t *summary, const char *platform)
{
    const json_t *cells = json_object_get(summary, "cells");
    const json_t *cell;
    size_t i;

    json_array_foreach(cells, i, cell)
    {
        const char *name = json_string_value(json_object_get(cell, "platform"));
        const char *on = json_string_value(json_object_get(cell, "workload"));

        if (strcmp(name, platform) == 0 && strcmp(on, "cpu-int") == 0 &&
            json_is_true(json_object_get(cell, "primary")))
            return cell;
    }
    fail_msg("no cell of %s", platform);
    return NULL;
}

static double number(const json_t *object, const char *key)
{
    return json_number_value(json_object_get(object, key));
}

static const char *ratio_verdict(const json_t *figures)
{
    const json_t *ratio = json_object_get(figures, "ratio");

    return json_string_value(json_object_get(ratio, "verdict_corrected"));
}

/* Someone else worked on the host while the container ran. */
static void disturb_container(struct result_run *run)
{
    if (strcmp(run->platform, "container") != 0 || run->block > 3)
        return;
    run->metrics[0].value = 3;
    run->flags = FLAG_PRESSURE;
}

static void figures_stand_with_and_without_flagged_runs(void **state)
{
    json_t *summary = summarise(*state, disturb_container);
    const json_t *flagged = json_object_get(summary, "flagged");
    const json_t *cell = judged_cell(summary, "container");
    const json_t *without = json_object_get(cell, "without_flagged");

    assert_true(number(cell, "n") == 10);
    assert_true(number(without, "n") == 7);
    assert_string_equal(ratio_verdict(cell), "inconclusive");
    assert_string_equal(ratio_verdict(without), "equivalent");
    assert_true(number(json_object_get(without, "ratio"), "n") == 7);
    assert_true(number(flagged, "runs") == 3);
    assert_true(number(json_object_get(flagged, "by_flag"), "pressure") == 3);
    assert_int_equal(
        json_array_size(json_object_get(flagged, "verdicts_changed")), 1);
    json_decref(summary);
}

static void leave_alone(struct result_run *run)
{
    (void)run;
}

static void without_flagged_runs_there_is_nothing_to_leave_out(void **state)
{
    json_t *summary = summarise(*state, leave_alone);
    const json_t *clock =
        json_object_get(json_object_get(summary, "clocks"), "container");

    assert_true(json_is_null(
        json_object_get(judged_cell(summary, "container"), "without_flagged")));
    assert_true(number(json_object_get(summary, "flagged"), "runs") == 0);
    assert_true(json_is_true(json_object_get(clock, "agrees")));
    json_decref(summary);
}

/* Its clock runs at half the speed, so everything seems twice as fast. */
static void slow_clock(struct result_run *run)
{
    if (strcmp(run->platform, "unikernel") != 0)
        return;
    run->metrics[0].value /= 2;
    run->inner_ns /= 2;
}

static void a_platform_with_a_wrong_clock_gets_no_verdict(void **state)
{
    json_t *summary = summarise(*state, slow_clock);
    const json_t *clock =
        json_object_get(json_object_get(summary, "clocks"), "unikernel");
    const json_t *cell = judged_cell(summary, "unikernel");

    assert_true(json_is_false(json_object_get(clock, "agrees")));
    assert_true(number(clock, "difference") == -0.5);
    assert_true(number(clock, "n") == 10);
    assert_true(number(clock, "flagged") == 10);
    assert_string_equal(ratio_verdict(cell), "inconclusive");
    assert_non_null(strstr(json_string_value(json_object_get(cell, "why")),
                           "clock inside disagrees"));
    json_decref(summary);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_quiet_run_has_no_flags),
        cmocka_unit_test(steal_is_measured_against_all_processors),
        cmocka_unit_test(pressure_is_a_tenth_of_the_time),
        cmocka_unit_test(preemptions_speak_where_the_kernel_tells_no_pressure),
        cmocka_unit_test(load_and_heat_are_flagged),
        cmocka_unit_test(a_clock_may_be_off_by_what_transport_takes),
        cmocka_unit_test(flags_are_written_and_read),
        cmocka_unit_test_setup_teardown(
            figures_stand_with_and_without_flagged_runs, fixture_setup,
            fixture_teardown),
        cmocka_unit_test_setup_teardown(
            without_flagged_runs_there_is_nothing_to_leave_out, fixture_setup,
            fixture_teardown),
        cmocka_unit_test_setup_teardown(
            a_platform_with_a_wrong_clock_gets_no_verdict, fixture_setup,
            fixture_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
