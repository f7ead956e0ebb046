/* Whether a program did the same everywhere, by made-up outputs. */
#include "bench_fixture.h"

#include "bench/summary.h"

static const char same[] =
    "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
static const char other[] =
    "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752";

static const struct result_workload own = {
    .name = "echo", .title = "/echo in an image", .group = "own"};

/* Lets a test change a run before it is written. */
typedef void (*change_run)(struct result_run *run);

/* The "function" of a session of two blocks on the fixture's platforms. */
static json_t *function_of(const char *directory, change_run change)
{
    struct result_header header = fixture_header();
    struct result_writer writer;
    struct error error = {0};
    json_t *summary = NULL, *function;

    header.workloads = &own;
    header.workload_count = 1;
    header.image = "sha256:00ff";
    assert_int_equal(results_create(directory, &header, &writer, &error), 0);
    json_decref(header.host);
    for (size_t i = 0; i < 8; i++) {
        struct result_run run = fixture_run(
            (int64_t)(i / 4) + 1, fixture_platforms[i % 4].name, "echo");

        run.output_sha256 = same;
        run.output_bytes = 4;
        change(&run);
        fixture_append(&writer, &run);
    }
    fixture_finish(&writer);
    if (summary_compute(directory, &error) < 0 ||
        summary_load(directory, &summary, &error) < 0)
        fail_msg("%s", error.text);
    function = json_incref(json_object_get(summary, "function"));
    json_decref(summary);
    return function;
}

static void assert_entry(const json_t *function, bool agree, bool varies,
                         const char *disagreeing)
{
    const json_t *entry = json_array_get(function, 0);
    char *names =
        json_dumps(json_object_get(entry, "disagreeing"), JSON_COMPACT);

    assert_int_equal(json_array_size(function), 1);
    assert_string_equal(json_string_value(json_object_get(entry, "workload")),
                        "echo");
    assert_int_equal(json_is_true(json_object_get(entry, "agree")), agree);
    assert_int_equal(json_is_true(json_object_get(entry, "varies")), varies);
    assert_string_equal(names, disagreeing);
    free(names);
}

static void keep(struct result_run *run)
{
    (void)run;
}

static void equal_outcomes_agree(void **state)
{
    json_t *function = function_of(*state, keep), *platform, *outcome;

    assert_entry(function, true, false, "[]");
    platform = json_array_get(
        json_object_get(json_array_get(function, 0), "platforms"), 2);
    outcome = json_array_get(json_object_get(platform, "outcomes"), 0);
    assert_string_equal(
        json_string_value(json_object_get(platform, "platform")), "container");
    assert_string_equal(json_string_value(json_object_get(outcome, "sha256")),
                        same);
    assert_int_equal(json_integer_value(json_object_get(outcome, "bytes")), 4);
    assert_int_equal(json_integer_value(json_object_get(outcome, "runs")), 2);
    json_decref(function);
}

static void write_otherwise_in_unikernel(struct result_run *run)
{
    if (strcmp(run->platform, "unikernel") == 0)
        run->output_sha256 = other;
}

static void another_output_disagrees(void **state)
{
    json_t *function = function_of(*state, write_otherwise_in_unikernel);

    assert_entry(function, false, false, "[\"unikernel\"]");
    json_decref(function);
}

static void fail_in_container(struct result_run *run)
{
    if (strcmp(run->platform, "container") != 0)
        return;
    run->status = 3;
    run->failure = "exit status 3";
}

static void another_status_disagrees_though_the_run_failed(void **state)
{
    json_t *function = function_of(*state, fail_in_container);

    assert_entry(function, false, false, "[\"container\"]");
    json_decref(function);
}

static void write_otherwise_in_second_block(struct result_run *run)
{
    if (run->block == 2 && strcmp(run->platform, "native") == 0)
        run->output_sha256 = other;
}

static void a_program_that_varies_is_said_to(void **state)
{
    json_t *function = function_of(*state, write_otherwise_in_second_block);

    assert_entry(function, false, true, "[\"native\"]");
    json_decref(function);
}

static void end_in_unikernel(struct result_run *run)
{
    if (strcmp(run->platform, "unikernel") != 0)
        return;
    run->status = RESULT_ABSENT;
    run->output_sha256 = NULL;
    run->failure = "timed out";
}

static void a_run_without_an_outcome_takes_no_part(void **state)
{
    json_t *function = function_of(*state, end_in_unikernel);

    assert_entry(function, true, false, "[]");
    assert_int_equal(json_array_size(json_object_get(
                         json_array_get(function, 0), "platforms")),
                     3);
    json_decref(function);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(equal_outcomes_agree, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(another_output_disagrees, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(
            another_status_disagrees_though_the_run_failed, fixture_setup,
            fixture_teardown),
        cmocka_unit_test_setup_teardown(a_program_that_varies_is_said_to,
                                        fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_run_without_an_outcome_takes_no_part,
                                        fixture_setup, fixture_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
