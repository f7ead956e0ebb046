/* What summary.json says of a record whose truth the test has made up. */
#include "bench_fixture.h"

#include "bench/summary.h"

#include <math.h>
#include <sys/stat.h>

/* A bit of spread that is the same each time: 0.99 to 1.01. */
static double wobble(int64_t block, size_t salt)
{
    return 1 + (double)((block * 7 + (int64_t)salt * 3) % 5 - 2) / 200;
}

/* What a platform costs against native; by platform index. */
static const double factors[] = {1, 1, 1.2, 0.8};

static struct result_run made_up_run(int64_t block, size_t platform,
                                     size_t workload)
{
    struct result_run run = fixture_run(block, fixture_platforms[platform].name,
                                        fixture_workloads[workload].name);
    double factor = factors[platform] * wobble(block, platform);

    run.exit_ns = (int64_t)(2e6 * factor);
    run.ready_ns = (int64_t)(1e6 * factor);
    run.cpu_user_ns = 500000;
    run.cpu_system_ns = 250000;
    if (workload == 1) {
        run.metrics[0] =
            (struct result_metric){"time_per_operation", 1.5 * factor, "ns"};
        run.metrics[1] =
            (struct result_metric){"throughput", 100 / factor, "MB/s"};
        run.metric_count = 2;
        run.digest = "9f86";
    } else if (workload == 2) {
        run.exit_ns = 3000000000;
        run.status = RESULT_ABSENT;
        run.memory.pss = 1048576;
    }
    return run;
}

/* Lets a test change a run before it is written; false: leave it out. */
typedef bool (*change_run)(struct result_run *run);

static void make_session(const char *directory, change_run change, bool finish)
{
    struct result_writer writer;

    fixture_create(directory, &writer);
    for (int64_t block = 1; block <= FIXTURE_BLOCKS; block++)
        for (size_t i = 0; i < 12; i++) {
            struct result_run run = made_up_run(block, i % 4, i / 4);

            if (change == NULL || change(&run))
                fixture_append(&writer, &run);
        }
    if (finish)
        fixture_finish(&writer);
    else
        results_close(&writer);
}

static json_t *summarise(const char *directory)
{
    struct error error = {0};
    json_t *summary = NULL;

    if (summary_compute(directory, &error) < 0 ||
        summary_load(directory, &summary, &error) < 0)
        fail_msg("%s", error.text);
    return summary;
}

static const json_t *find_cell(const json_t *summary, const char *platform,
                               const char *workload, const char *metric)
{
    const json_t *cells = json_object_get(summary, "cells");
    const json_t *cell;
    size_t i;

    json_array_foreach(cells, i, cell)
    {
        const char *p, *w, *m;

        json_unpack((json_t *)cell, "{s:s, s:s, s:s}", "platform", &p,
                    "workload", &w, "metric", &m);
        if (strcmp(p, platform) == 0 && strcmp(w, workload) == 0 &&
            strcmp(m, metric) == 0)
            return cell;
    }
    return NULL;
}

static double number(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);

    assert_true(json_is_number(value));
    return json_number_value(value);
}

static const char *string(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text != NULL ? text : "(none)";
}

static const char *verdict(const json_t *cell)
{
    return string(json_object_get(cell, "ratio"), "verdict");
}

static bool is_near(double value, double expected, double tolerance)
{
    return fabs(value - expected) <= tolerance;
}

static void a_session_is_summarised(void **state)
{
    json_t *summary;
    const json_t *cell, *ratio;

    make_session(*state, NULL, true);
    summary = summarise(*state);
    assert_true(json_is_true(json_object_get(summary, "complete")));
    assert_true(number(summary, "runs") == 120);
    assert_true(number(summary, "failures") == 0);
    assert_true(is_near(number(summary, "equivalence_band"), 0.03, 0));

    cell = find_cell(summary, "container", "cpu-int", "time_per_operation");
    assert_non_null(cell);
    assert_true(json_is_true(json_object_get(cell, "primary")));
    assert_string_equal(string(cell, "unit"), "ns");
    assert_string_equal(string(cell, "better"), "lower");
    assert_string_equal(string(cell, "start"), "cold");
    assert_true(json_is_null(json_object_get(cell, "why")));
    assert_true(number(cell, "n") == 10);
    assert_true(is_near(number(cell, "median"), 1.8, 0.01));
    assert_true(number(cell, "low") <= number(cell, "median"));
    assert_true(number(cell, "high") >= number(cell, "median"));
    ratio = json_object_get(cell, "ratio");
    assert_true(number(ratio, "n") == 10);
    assert_true(is_near(number(ratio, "median"), 1.2, 0.02));
    assert_string_equal(verdict(cell), "slower");
    json_decref(summary);
}

static void verdicts_mind_which_way_is_better(void **state)
{
    json_t *summary;
    const json_t *cell;

    make_session(*state, NULL, true);
    summary = summarise(*state);
    cell = find_cell(summary, "unikernel", "cpu-int", "time_per_operation");
    assert_string_equal(verdict(cell), "faster");
    cell = find_cell(summary, "unikernel", "cpu-int", "throughput");
    assert_string_equal(string(cell, "better"), "higher");
    assert_false(json_is_true(json_object_get(cell, "primary")));
    assert_true(number(json_object_get(cell, "ratio"), "median") > 1.1);
    assert_string_equal(verdict(cell), "faster");
    cell = find_cell(summary, "container", "cpu-int", "throughput");
    assert_string_equal(verdict(cell), "slower");
    cell = find_cell(summary, "native-again", "cpu-int", "throughput");
    assert_string_equal(verdict(cell), "equivalent");
    json_decref(summary);
}

static void the_judged_metric_follows_the_group(void **state)
{
    json_t *summary;

    make_session(*state, NULL, true);
    summary = summarise(*state);
    assert_true(json_is_true(json_object_get(
        find_cell(summary, "native", "noop", "spawn_to_exit"), "primary")));
    assert_true(json_is_true(json_object_get(
        find_cell(summary, "native", "pause", "memory_pss"), "primary")));
    assert_null(find_cell(summary, "native", "pause", "spawn_to_exit"));
    assert_null(find_cell(summary, "native", "noop", "memory_pss"));
    assert_true(number(find_cell(summary, "native", "noop", "cpu_time"),
                       "median") == 750000);
    json_decref(summary);
}

static void native_has_no_ratio_and_the_control_is_the_noise_floor(void **state)
{
    json_t *summary;
    const json_t *floor;

    make_session(*state, NULL, true);
    summary = summarise(*state);
    assert_true(json_is_null(json_object_get(
        find_cell(summary, "native", "noop", "spawn_to_exit"), "ratio")));
    floor = json_object_get(json_object_get(summary, "noise_floor"), "cpu-int");
    assert_true(number(floor, "low") < 1.001 && number(floor, "high") > 0.999);
    assert_true(number(floor, "low") <= number(floor, "high"));
    json_decref(summary);
}

/* Three workloads on two platforms are judged; the control is not. */
static void verdicts_are_corrected_for_their_number(void **state)
{
    json_t *summary;
    const json_t *family, *ratio;

    make_session(*state, NULL, true);
    summary = summarise(*state);
    family = json_object_get(summary, "family");
    assert_true(number(family, "size") == 6);
    assert_true(number(family, "verdicts") == 6);
    assert_true(number(family, "verdicts_corrected") == 6);
    ratio = json_object_get(
        find_cell(summary, "container", "noop", "spawn_to_exit"), "ratio");
    assert_string_equal(string(ratio, "verdict_corrected"), "slower");
    assert_true(number(ratio, "p") <= number(ratio, "p_adjusted"));
    assert_true(number(ratio, "p_adjusted") <= 0.05);
    ratio = json_object_get(
        find_cell(summary, "native-again", "noop", "spawn_to_exit"), "ratio");
    assert_true(json_is_null(json_object_get(ratio, "p_adjusted")));
    ratio = json_object_get(find_cell(summary, "container", "noop", "cpu_time"),
                            "ratio");
    assert_true(json_is_null(json_object_get(ratio, "verdict_corrected")));
    json_decref(summary);
}

/* Six blocks and one difference: enough alone, not for one of six. */
static bool lone_difference(struct result_run *run)
{
    bool shown = strcmp(run->platform, "container") == 0 &&
                 strcmp(run->workload, "noop") == 0;

    if (!shown) {
        double noise = run->block % 2 == 0 ? 1.0 : 2.0;

        if (strcmp(run->platform, "native") != 0)
            noise = 3 - noise;
        run->exit_ns = (int64_t)(1e6 * noise);
        run->metrics[0].value = noise;
        if (run->memory.pss > 0)
            run->memory.pss = (int64_t)(1e6 * noise);
    } else {
        run->exit_ns = 50000000;
    }
    return run->block <= 6;
}

static void a_verdict_that_chance_may_have_made_does_not_stand(void **state)
{
    json_t *summary;
    const json_t *ratio, *family;

    make_session(*state, lone_difference, true);
    summary = summarise(*state);
    ratio = json_object_get(
        find_cell(summary, "container", "noop", "spawn_to_exit"), "ratio");
    assert_string_equal(string(ratio, "verdict"), "slower");
    assert_string_equal(string(ratio, "verdict_corrected"), "inconclusive");
    family = json_object_get(summary, "family");
    assert_true(number(family, "verdicts") == 1);
    assert_true(number(family, "verdicts_corrected") == 0);
    json_decref(summary);
}

static void platforms_left_out_have_cells_that_say_why(void **state)
{
    json_t *summary;
    const json_t *cell;

    make_session(*state, NULL, true);
    summary = summarise(*state);
    cell = find_cell(summary, "crun", "cpu-int", "time_per_operation");
    assert_non_null(cell);
    assert_true(number(cell, "n") == 0);
    assert_true(json_is_null(json_object_get(cell, "median")));
    assert_true(json_is_null(json_object_get(cell, "ratio")));
    assert_string_equal(string(cell, "unit"), "ns");
    assert_string_equal(string(cell, "why"), "left out: crun is not installed");
    json_decref(summary);
}

static bool container_fails_cpu(struct result_run *run)
{
    if (strcmp(run->platform, "container") == 0 &&
        strcmp(run->workload, "cpu-int") == 0)
        run->failure = run->block == 1 ? "exit status 1" : "later";
    return true;
}

static void failed_runs_take_no_part_and_are_listed(void **state)
{
    json_t *summary;
    const json_t *cell, *failed;

    make_session(*state, container_fails_cpu, true);
    summary = summarise(*state);
    assert_true(number(summary, "failures") == 10);
    cell = find_cell(summary, "container", "cpu-int", "time_per_operation");
    assert_true(number(cell, "n") == 0);
    assert_true(number(cell, "failures") == 10);
    assert_string_equal(string(cell, "why"),
                        "all 10 runs failed, the first with: exit status 1");
    failed = json_object_get(summary, "failed_runs");
    assert_int_equal(json_array_size(failed), 10);
    assert_string_equal(string(json_array_get(failed, 0), "platform"),
                        "container");
    assert_true(number(json_array_get(failed, 0), "block") == 1);
    json_decref(summary);
}

static bool native_fails_half(struct result_run *run)
{
    if (strcmp(run->platform, "native") == 0 && run->block % 2 == 0)
        run->failure = "killed";
    return true;
}

/* Five pairs are too few for an interval, so nothing is concluded. */
static void only_blocks_that_both_finished_make_a_pair(void **state)
{
    json_t *summary;
    const json_t *cell, *ratio;

    make_session(*state, native_fails_half, true);
    summary = summarise(*state);
    cell = find_cell(summary, "container", "noop", "spawn_to_exit");
    ratio = json_object_get(cell, "ratio");
    assert_true(number(cell, "n") == 10);
    assert_true(number(ratio, "n") == 5);
    assert_true(json_is_null(json_object_get(ratio, "low")));
    assert_string_equal(verdict(cell), "inconclusive");
    assert_int_equal(json_object_size(json_object_get(summary, "noise_floor")),
                     0);
    json_decref(summary);
}

static bool unikernel_computes_otherwise(struct result_run *run)
{
    if (strcmp(run->platform, "unikernel") == 0 && run->digest != NULL &&
        run->block == 4)
        run->digest = "0bad";
    if (strcmp(run->platform, "container") == 0)
        run->digest = NULL;
    return true;
}

static void wrong_results_close_the_gate(void **state)
{
    json_t *summary;
    const json_t *gate, *cell;

    make_session(*state, unikernel_computes_otherwise, true);
    summary = summarise(*state);
    gate = json_object_get(json_object_get(summary, "digest_gate"), "cpu-int");
    assert_true(json_is_false(json_object_get(gate, "agree")));
    assert_string_equal(string(gate, "digest"), "9f86");
    assert_int_equal(json_array_size(json_object_get(gate, "disagreeing")), 2);
    cell = find_cell(summary, "unikernel", "cpu-int", "time_per_operation");
    assert_true(number(cell, "n") == 0);
    assert_string_equal(string(cell, "why"), "digest differs from native's");
    cell = find_cell(summary, "container", "cpu-int", "time_per_operation");
    assert_string_equal(string(cell, "why"),
                        "a run reported no digest, native's did");
    cell = find_cell(summary, "native-again", "cpu-int", "throughput");
    assert_true(number(cell, "n") == 10);
    cell = find_cell(summary, "unikernel", "noop", "spawn_to_exit");
    assert_true(number(cell, "n") == 10);
    json_decref(summary);
}

static bool native_wavers(struct result_run *run)
{
    if (strcmp(run->platform, "native") == 0 && run->digest != NULL &&
        run->block > 8)
        run->digest = "0bad";
    return true;
}

static void native_itself_must_agree_with_its_majority(void **state)
{
    json_t *summary;
    const json_t *cell;

    make_session(*state, native_wavers, true);
    summary = summarise(*state);
    cell = find_cell(summary, "native", "cpu-int", "time_per_operation");
    assert_true(number(cell, "n") == 0);
    assert_string_equal(string(cell, "why"),
                        "digest differs between native's own runs");
    cell = find_cell(summary, "container", "cpu-int", "time_per_operation");
    assert_true(number(cell, "n") == 10);
    assert_true(json_is_null(json_object_get(cell, "ratio")));
    json_decref(summary);
}

static bool units_differ(struct result_run *run)
{
    if (strcmp(run->platform, "container") == 0 && run->block == 2)
        run->metrics[0].unit = "us";
    if (strcmp(run->platform, "unikernel") == 0)
        run->metrics[0].unit = "us";
    return true;
}

static void figures_in_different_units_are_not_compared(void **state)
{
    json_t *summary;
    const json_t *cell;

    make_session(*state, units_differ, true);
    summary = summarise(*state);
    cell = find_cell(summary, "container", "cpu-int", "time_per_operation");
    assert_true(number(cell, "n") == 0);
    cell = find_cell(summary, "unikernel", "cpu-int", "time_per_operation");
    assert_true(number(cell, "n") == 10);
    assert_true(json_is_null(json_object_get(cell, "ratio")));
    json_decref(summary);
}

static bool first_block_without_pause(struct result_run *run)
{
    return run->block == 1 && strcmp(run->workload, "pause") != 0;
}

static void an_interrupted_session_is_summarised_as_far_as_it_went(void **state)
{
    json_t *summary;
    const json_t *cell;

    make_session(*state, first_block_without_pause, false);
    summary = summarise(*state);
    assert_true(json_is_false(json_object_get(summary, "complete")));
    cell = find_cell(summary, "native", "noop", "spawn_to_exit");
    assert_true(number(cell, "n") == 1);
    assert_true(json_is_null(json_object_get(cell, "low")));
    cell = find_cell(summary, "native", "pause", "memory_pss");
    assert_string_equal(string(cell, "why"),
                        "the session ended before its first run");
    assert_true(json_is_null(json_object_get(cell, "unit")));
    json_decref(summary);
}

static void computing_it_again_gives_the_same_bytes(void **state)
{
    char *first, *second;

    make_session(*state, NULL, true);
    json_decref(summarise(*state));
    first = fixture_read(*state, SUMMARY_FILE);
    json_decref(summarise(*state));
    second = fixture_read(*state, SUMMARY_FILE);
    assert_string_equal(first, second);
    free(first);
    free(second);
}

static void a_bad_record_leaves_the_old_summary_alone(void **state)
{
    struct error error = {0};
    char *text;

    fixture_write(*state, SUMMARY_FILE, "old", 3);
    fixture_write(*state, RESULTS_FILE, "{}\n", 3);
    assert_int_equal(summary_compute(*state, &error), -EINVAL);
    assert_non_null(strstr(error.text, "results.jsonl:1: "));
    text = fixture_read(*state, SUMMARY_FILE);
    assert_string_equal(text, "old");
    free(text);
}

static void a_bad_summary_is_refused(void **state)
{
    static const char *const texts[] = {
        "", "old", "[]", "{}", "{\"schema\":2}", "{\"schema\":\"1\"}",
    };
    json_t *summary;

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct error error = {0};

        fixture_write(*state, SUMMARY_FILE, texts[i], strlen(texts[i]));
        assert_int_equal(summary_load(*state, &summary, &error), -EINVAL);
        assert_non_null(strstr(error.text, SUMMARY_FILE));
    }
}

#define TEST(name) \
    cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_session_is_summarised),
        TEST(verdicts_mind_which_way_is_better),
        TEST(the_judged_metric_follows_the_group),
        TEST(native_has_no_ratio_and_the_control_is_the_noise_floor),
        TEST(verdicts_are_corrected_for_their_number),
        TEST(a_verdict_that_chance_may_have_made_does_not_stand),
        TEST(platforms_left_out_have_cells_that_say_why),
        TEST(failed_runs_take_no_part_and_are_listed),
        TEST(only_blocks_that_both_finished_make_a_pair),
        TEST(wrong_results_close_the_gate),
        TEST(native_itself_must_agree_with_its_majority),
        TEST(figures_in_different_units_are_not_compared),
        TEST(an_interrupted_session_is_summarised_as_far_as_it_went),
        TEST(computing_it_again_gives_the_same_bytes),
        TEST(a_bad_record_leaves_the_old_summary_alone),
        TEST(a_bad_summary_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
