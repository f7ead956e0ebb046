/* The page of a whole record: what stands on it. */
#include "report_fixture.h"

static void every_group_has_its_chart_with_marks_in_it(void **state)
{
    static const char *const charts[] = {"startup", "cpu", "memory", "kernel",
                                         "idle-memory"};
    struct bench *bench = *state;

    if (!have_gnuplot()) {
        print_message("gnuplot is not installed\n");
        skip();
    }
    render_well(bench);
    for (size_t i = 0; i < sizeof(charts) / sizeof(*charts); i++)
        for (int narrow = 0; narrow < 2; narrow++) {
            char name[64];
            _cleanup_free_ char *picture = NULL;

            snprintf(name, sizeof(name), "charts/%s%s.svg", charts[i],
                     narrow ? "-narrow" : "");
            picture = read_text(bench->directory, name);
            assert_non_null(picture);
            assert_true(count(picture, "<use ") >= 10);
            snprintf(name, sizeof(name), "id=\"%s%s-title\"", charts[i],
                     narrow ? "-narrow" : "");
            expect(bench, name);
        }
    expect_none(bench, "Charts are missing");
}

static void the_page_needs_nothing_from_outside(void **state)
{
    struct bench *bench = *state;

    render_well(bench);
    expect_none(bench, "http:");
    expect_none(bench, "https:");
    assert_int_equal(count(bench->page, "<script"), 1);
    expect_none(bench, "<script src");
    expect(bench, "script-src &#39;sha256-");
    expect_none(bench, "<link");
    expect_none(bench, "<img");
    expect_none(bench, "url(");
    expect_none(bench, "@import");
    expect(bench, "Content-Security-Policy");
    expect(bench, "default-src &#39;none&#39;");
}

static void ids_are_unique(void **state)
{
    struct bench *bench = *state;
    const char *at;

    render_well(bench);
    for (at = bench->page; (at = strstr(at, " id=")) != NULL; at++) {
        char id[96];
        const size_t length = 5 + strcspn(at + 5, "\"'") + 1;

        assert_true(length < sizeof(id));
        memcpy(id, at, length);
        id[length] = '\0';
        if (count(bench->page, id) != 1)
            fail_msg("%s is there twice", id);
    }
}

static void a_pooled_start_is_no_match_for_a_cold_one(void **state)
{
    struct bench *bench = *state;
    json_t *cell;
    size_t i;

    render_well(bench);
    expect(bench, "the quickest virtual machine of this run");
    json_array_foreach(json_object_get(bench->summary, "cells"), i, cell)
    {
        const char *platform =
            json_string_value(json_object_get(cell, "platform"));

        if (strcmp(platform, "unikernel") == 0)
            json_object_set_new(cell, "start", json_string("pooled"));
    }
    render_well(bench);
    expect_none(bench, "the quickest virtual machine of this run");
}

static void the_answer_carries_n_and_interval(void **state)
{
    struct bench *bench = *state;

    render_well(bench);
    expect(bench, "the quickest virtual machine of this run from a cold start");
    expect(bench, "(n\u00a0=\u00a06)");
    expect(bench, "(n\u00a0=\u00a06 pairs)");
    expect(bench, "in the host's kernel");
    expect(bench, "KVM ran here without hardware virtualisation");
    expect(bench, "Intel(R) Xeon(R) Processor @ 2.60GHz");
    expect(bench, "2026-11-23");
}

static void what_was_left_out_is_named_with_its_remedy(void **state)
{
    struct bench *bench = *state;

    render_well(bench);
    expect(bench, "gVisor");
    expect(bench, "program runsc is not on PATH");
    expect(bench, "apt-get install runsc");
}

static void the_run_can_be_repeated(void **state)
{
    struct bench *bench = *state;

    render_well(bench);
    expect(bench, "ringside bench --profile quick --seed 42");
    expect(bench, "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a"
                  "4881");
}

static void a_command_is_quoted_for_the_shell(void **state)
{
    struct bench *bench = *state;

    json_object_set_new(
        header_of(bench), "command",
        json_pack("[sssss]", "ringside", "run", "--", "./it's", "a b"));
    render_well(bench);
    expect(bench, "ringside run --seed 42 -- './it'\\''s' 'a b'<");
}

/* A copy of the summary's first cell as another metric, with that median. */
static void add_cell(struct bench *bench, const char *metric, double median)
{
    static const char *const figures[] = {"median", "low", "high", "minimum",
                                          "maximum"};
    json_t *cells = json_object_get(bench->summary, "cells");
    json_t *cell = json_deep_copy(json_array_get(cells, 0));

    json_object_set_new(cell, "metric", json_string(metric));
    json_object_set_new(cell, "unit", json_string("ns"));
    json_object_set_new(cell, "primary", json_false());
    for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++)
        json_object_set_new(cell, figures[i], json_real(median));
    json_array_append_new(cells, cell);
}

static void phases_of_a_start_stand_in_the_order_of_time(void **state)
{
    struct bench *bench = *state;
    const char *section;

    render_well(bench);
    expect_none(bench, "id=\"phases\"");
    add_cell(bench, "phase_late", 9e6);
    add_cell(bench, "phase_early", 1e6);
    render_well(bench);
    section = strstr(bench->page, "id=\"phases\"");
    assert_non_null(section);
    assert_true(strstr(section, "scope=\"row\">early<") <
                strstr(section, "scope=\"row\">late<"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_DIRECTORY(every_group_has_its_chart_with_marks_in_it),
        IN_A_DIRECTORY(the_page_needs_nothing_from_outside),
        IN_A_DIRECTORY(ids_are_unique),
        IN_A_DIRECTORY(a_pooled_start_is_no_match_for_a_cold_one),
        IN_A_DIRECTORY(the_answer_carries_n_and_interval),
        IN_A_DIRECTORY(what_was_left_out_is_named_with_its_remedy),
        IN_A_DIRECTORY(the_run_can_be_repeated),
        IN_A_DIRECTORY(a_command_is_quoted_for_the_shell),
        IN_A_DIRECTORY(phases_of_a_start_stand_in_the_order_of_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
