/* Costs: on their way through a record and into the cells of a summary. */
#include "bench_fixture.h"

#include "bench/costs.h"
#include "bench/summary.h"

static const char why[] = "cgroup version 1 does not tell it apart";

static void write_runs(const char *directory, size_t runs)
{
    struct result_writer writer;

    fixture_create(directory, &writer);
    for (size_t i = 1; i <= runs; i++) {
        struct result_run run = fixture_run((int64_t)i, "container", "cpu-int");

        cost_add(&run, "page_faults_minor", (double)(100 * i));
        cost_add_missing(&run, "memory_slab", why);
        fixture_append(&writer, &run);
    }
    fixture_finish(&writer);
}

static void a_cost_comes_back_as_it_was_written(void **state)
{
    struct result_reader reader;
    struct result_run run;
    struct error error = {0};
    const struct result_cost *cost;

    write_runs(*state, 1);
    assert_int_equal(results_open(*state, &reader, &error), 0);
    assert_int_equal(results_next(&reader, &run, &error), 1);
    assert_int_equal(run.cost_count, 2);
    cost = cost_find(&run, "page_faults_minor");
    assert_true(cost->value == 100);
    assert_string_equal(cost->unit, "count");
    assert_null(cost->why);
    cost = cost_find(&run, "memory_slab");
    assert_true(cost->value == RESULT_ABSENT);
    assert_string_equal(cost->unit, "bytes");
    assert_string_equal(cost->why, why);
    results_reader_close(&reader);
}

static const json_t *find_cell(const json_t *summary, const char *platform,
                               const char *metric)
{
    const json_t *cell;
    size_t i;

    json_array_foreach(json_object_get(summary, "cells"), i, cell)
    {
        if (strcmp(json_string_value(json_object_get(cell, "platform")),
                   platform) == 0 &&
            strcmp(json_string_value(json_object_get(cell, "metric")),
                   metric) == 0)
            return cell;
    }
    return NULL;
}

static void a_cost_is_a_cell_and_a_missing_one_says_why(void **state)
{
    struct error error = {0};
    const json_t *cell;
    json_t *summary;

    write_runs(*state, 7);
    assert_int_equal(summary_compute(*state, &error), 0);
    assert_int_equal(summary_load(*state, &summary, &error), 0);
    cell = find_cell(summary, "container", "page_faults_minor");
    assert_int_equal(json_integer_value(json_object_get(cell, "n")), 7);
    assert_int_equal(json_integer_value(json_object_get(cell, "median")), 400);
    assert_false(json_is_true(json_object_get(cell, "primary")));
    cell = find_cell(summary, "container", "memory_slab");
    assert_int_equal(json_integer_value(json_object_get(cell, "n")), 0);
    assert_true(json_is_null(json_object_get(cell, "median")));
    assert_string_equal(json_string_value(json_object_get(cell, "why")), why);
    json_decref(summary);
}

/* 1 MB for the first of them, 500 kB for each. */
static void memory_of_one_more_is_the_slope_of_many(void **state)
{
    static const char lines[] =
        "{\"type\":\"density\",\"platform\":\"container\",\"start\":\"cold\","
        "\"instances\":1,\"memory_available_delta\":1500000}\n"
        "{\"type\":\"density\",\"platform\":\"container\",\"start\":\"cold\","
        "\"instances\":2,\"memory_available_delta\":2000000}\n"
        "{\"type\":\"density\",\"platform\":\"container\",\"start\":\"cold\","
        "\"instances\":8,\"memory_available_delta\":5000000}\n"
        "{\"type\":\"density\",\"platform\":\"native\",\"start\":\"cold\","
        "\"instances\":1,\"memory_available_delta\":1500000}\n";
    struct error error = {0};
    const json_t *cell;
    json_t *summary;

    write_runs(*state, 1);
    fixture_write(*state, "density.jsonl", lines, strlen(lines));
    assert_int_equal(summary_compute(*state, &error), 0);
    assert_int_equal(summary_load(*state, &summary, &error), 0);
    cell = find_cell(summary, "container", "memory_available");
    assert_int_equal(json_integer_value(json_object_get(cell, "n")), 3);
    assert_in_range(json_integer_value(json_object_get(cell, "median")), 499999,
                    500000);
    assert_in_range(json_integer_value(json_object_get(cell, "high")), 499999,
                    500001);
    cell = find_cell(summary, "native", "memory_available");
    assert_int_equal(json_integer_value(json_object_get(cell, "n")), 0);
    assert_non_null(json_string_value(json_object_get(cell, "why")));
    assert_null(find_cell(summary, "unikernel", "memory_available"));
    json_decref(summary);
}

static void only_costs_of_the_table_are_added_and_once(void **state)
{
    struct result_run run = fixture_run(1, "native", "noop");

    (void)state;
    cost_add(&run, "page_faults_minor", 3);
    cost_add(&run, "page_faults_minor", 4);
    cost_add(&run, "phase_of_the_moon", 5);
    cost_add(&run, "memory_slab", RESULT_ABSENT);
    assert_int_equal(run.cost_count, 1);
    assert_true(run.costs[0].value == 3);
}

static void what_is_forgotten_has_a_reason_and_no_value(void **state)
{
    struct result_run run = fixture_run(1, "native", "noop");

    (void)state;
    cost_add(&run, "page_faults_minor", 3);
    costs_forget(&run, "a part only");
    assert_true(run.costs[0].value == RESULT_ABSENT);
    assert_string_equal(run.costs[0].why, "a part only");
}

/* Puts other costs into the record of one run. */
static void replace_costs(const char *directory, const char *costs)
{
    char *path = fixture_path(directory, RESULTS_FILE), *whole;
    char header[8192], run[4096];
    FILE *file = fopen(path, "r");

    assert_non_null(file);
    assert_non_null(fgets(header, sizeof(header), file));
    assert_non_null(fgets(run, sizeof(run), file));
    fclose(file);
    assert_true(asprintf(&whole, "%s%.*s\"costs\":%s,%s", header,
                         (int)(strstr(run, "\"costs\":{") - run), run, costs,
                         strstr(run, "\"memory\":{\"pss\"")) > 0);
    fixture_write(directory, RESULTS_FILE, whole, strlen(whole));
    free(whole);
    free(path);
}

static void refuses(const char *directory, const char *costs,
                    const char *reason)
{
    char *path = fixture_path(directory, RESULTS_FILE);
    struct result_reader reader;
    struct result_run run;
    struct error error = {0};

    write_runs(directory, 1);
    replace_costs(directory, costs);
    assert_int_equal(results_open(directory, &reader, &error), 0);
    assert_int_equal(results_next(&reader, &run, &error), -EINVAL);
    if (strstr(error.text, reason) == NULL)
        fail_msg("expected \"%s\" in \"%s\"", reason, error.text);
    results_reader_close(&reader);
    remove(path);
    free(path);
}

static void hostile_costs_are_refused(void **state)
{
    refuses(*state, "[]", "costs: expected an object");
    refuses(*state, "{\"a b\":{\"value\":1,\"unit\":\"ns\"}}",
            "costs: expected names");
    refuses(*state, "{\"x\":{\"value\":-1,\"unit\":\"ns\"}}", "costs.x.value");
    refuses(*state, "{\"x\":{\"value\":1}}", "costs.x.unit");
    refuses(*state, "{\"x\":{\"value\":null,\"unit\":\"ns\",\"why\":7}}",
            "costs.x.why");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_cost_comes_back_as_it_was_written,
                                        fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(
            a_cost_is_a_cell_and_a_missing_one_says_why, fixture_setup,
            fixture_teardown),
        cmocka_unit_test_setup_teardown(memory_of_one_more_is_the_slope_of_many,
                                        fixture_setup, fixture_teardown),
        cmocka_unit_test(only_costs_of_the_table_are_added_and_once),
        cmocka_unit_test(what_is_forgotten_has_a_reason_and_no_value),
        cmocka_unit_test_setup_teardown(hostile_costs_are_refused,
                                        fixture_setup, fixture_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
