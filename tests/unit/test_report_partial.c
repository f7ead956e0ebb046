/* The page of a record that lacks something: it says what. */
#include "report_fixture.h"

/* Keeps the cells for which keep says so. */
static void keep_cells(struct bench *bench, const char *key, const char *value)
{
    json_t *cells = json_object_get(bench->summary, "cells");

    for (size_t i = json_array_size(cells); i-- > 0;) {
        const char *text =
            json_string_value(json_object_get(json_array_get(cells, i), key));

        if (strcmp(text, value) != 0)
            json_array_remove(cells, i);
    }
}

static void drop_cells(struct bench *bench, const char *key, const char *value)
{
    json_t *cells = json_object_get(bench->summary, "cells");

    for (size_t i = json_array_size(cells); i-- > 0;) {
        const char *text =
            json_string_value(json_object_get(json_array_get(cells, i), key));

        if (strcmp(text, value) == 0)
            json_array_remove(cells, i);
    }
}

static void an_interrupted_run_says_so_on_top(void **state)
{
    struct bench *bench = *state;

    json_object_set_new(bench->summary, "complete", json_false());
    render_well(bench);
    expect(bench, "This run was interrupted");
}

static void a_digest_that_differs_is_named(void **state)
{
    struct bench *bench = *state;

    json_object_set_new(bench->summary, "digest_gate",
                        json_pack("{s:{s:b,s:s,s:[s]}}", "cpu-int", "agree", 0,
                                  "digest", "9f86", "disagreeing", "runc"));
    render_well(bench);
    expect(bench, "another digest, or none, on runc; those timings do not "
                  "count");
}

static void a_missing_figure_says_why(void **state)
{
    struct bench *bench = *state;
    json_t *cell = item(bench->summary, "cells", 0);

    json_object_set_new(cell, "n", json_integer(0));
    json_object_set_new(cell, "median", json_null());
    json_object_set_new(cell, "why", json_string("it was too dark"));
    render_well(bench);
    expect(bench, "no figure: it was too dark");
}

static void a_figure_without_least_and_most_makes_a_page(void **state)
{
    struct bench *bench = *state;
    json_t *cell = item(bench->summary, "cells", 0);

    json_object_set_new(cell, "minimum", json_null());
    json_object_set_new(cell, "maximum", json_null());
    render_well(bench);
    expect_none(bench, "nan");
}

static void a_lone_platform_makes_a_page(void **state)
{
    struct bench *bench = *state;
    json_t *first = json_incref(item(header_of(bench), "platforms", 0));

    keep_cells(bench, "platform", "native");
    json_object_set_new(header_of(bench), "platforms", json_pack("[o]", first));
    render_well(bench);
    expect(bench, "Only native processes ran here");
}

static void no_start_workload_makes_a_page(void **state)
{
    struct bench *bench = *state;

    drop_cells(bench, "workload", "noop");
    assert_int_equal(
        json_array_remove(json_object_get(header_of(bench), "workloads"), 0),
        0);
    render_well(bench);
    expect_none(bench, "id=\"startup\"");
    expect(bench, "id=\"cpu\"");
}

static void a_program_of_ones_own_is_answered_for(void **state)
{
    struct bench *bench = *state;

    json_object_set_new(item(header_of(bench), "workloads", 0), "group",
                        json_string("own"));
    render_well(bench);
    expect(bench, "To start your program, run it and clear away");
    expect(bench, "id=\"own\"");
}

static void no_runs_at_all_make_a_page(void **state)
{
    struct bench *bench = *state;

    json_object_set_new(bench->summary, "cells", json_array());
    json_object_set_new(bench->summary, "runs", json_integer(0));
    json_object_set_new(bench->summary, "failures", json_integer(0));
    render_well(bench);
    expect(bench, "No run gave a figure");
}

static void a_bare_header_makes_a_page(void **state)
{
    struct bench *bench = *state;

    json_decref(bench->summary);
    bench->summary = json_pack("{s:i, s:{}, s:b, s:i, s:i, s:f}", "schema", 1,
                               "header", "complete", 0, "runs", 0, "failures",
                               0, "equivalence_band", 0.03);
    render_well(bench);
    expect(bench, "No run gave a figure");
}

static void missing_single_values_are_said_to_be_missing(void **state)
{
    struct bench *bench = *state;
    char path[PATH_MAX];

    snprintf(path, sizeof(path), "%s/results.jsonl", bench->directory);
    assert_int_equal(unlink(path), 0);
    render_well(bench);
    expect(bench, "results.jsonl is missing");
}

static void unreadable_lines_are_counted(void **state)
{
    struct bench *bench = *state;

    write_text(bench->directory, "results.jsonl",
               "{\"type\": \"header\"}\nnonsense\n[]\n{\"type\": \"run\"");
    render_well(bench);
    expect(bench, "2 lines of results.jsonl could not be read");
}

static void without_gnuplot_there_are_tables_and_no_charts(void **state)
{
    struct bench *bench = *state;
    _cleanup_free_ char *path = strdup(getenv("PATH"));

    render_well(bench);
    setenv("PATH", "/nonexistent", 1);
    render_well(bench);
    setenv("PATH", path, 1);
    expect(bench, "gnuplot is not installed");
    expect(bench, "<table class=\"cells\">");
    expect_none(bench, "<figure>");
    assert_null(read_text(bench->directory, "charts/startup.svg"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_DIRECTORY(an_interrupted_run_says_so_on_top),
        IN_A_DIRECTORY(a_digest_that_differs_is_named),
        IN_A_DIRECTORY(a_missing_figure_says_why),
        IN_A_DIRECTORY(a_figure_without_least_and_most_makes_a_page),
        IN_A_DIRECTORY(a_lone_platform_makes_a_page),
        IN_A_DIRECTORY(no_start_workload_makes_a_page),
        IN_A_DIRECTORY(a_program_of_ones_own_is_answered_for),
        IN_A_DIRECTORY(no_runs_at_all_make_a_page),
        IN_A_DIRECTORY(a_bare_header_makes_a_page),
        IN_A_DIRECTORY(missing_single_values_are_said_to_be_missing),
        IN_A_DIRECTORY(unreadable_lines_are_counted),
        IN_A_DIRECTORY(without_gnuplot_there_are_tables_and_no_charts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
