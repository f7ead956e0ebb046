/*
 * The page of whole, thin, broken and hostile records. Each test takes a
 * made-up record (tests/fixtures/report/whole: invented figures, no machine),
 * changes its summary, renders it in a directory of its own and
 * looks at what came out.
 */
#include "report/report.h"

#include "oci/cleanup.h"

#include <errno.h>
#include <ftw.h>
#include <jansson.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#define FIXTURE "tests/fixtures/report/whole"

struct bench {
    char directory[64];
    json_t *summary;
    char *page; /* once rendered */
};

static bool have_gnuplot(void)
{
    return access("/usr/bin/gnuplot", X_OK) == 0;
}

static char *read_text(const char *directory, const char *name)
{
    char path[PATH_MAX];
    char *text = NULL;
    size_t size = 0;
    FILE *file;

    snprintf(path, sizeof(path), "%s/%s", directory, name);
    file = fopen(path, "r");
    if (file == NULL)
        return NULL;
    if (getdelim(&text, &size, '\0', file) < 0)
        text[0] = '\0';
    fclose(file);
    return text;
}

static void write_text(const char *directory, const char *name,
                       const char *text)
{
    char path[PATH_MAX];
    FILE *file;

    snprintf(path, sizeof(path), "%s/%s", directory, name);
    file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static int set_up(void **state)
{
    static struct bench bench;
    _cleanup_free_ char *results = read_text(FIXTURE, "results.jsonl");

    memset(&bench, 0, sizeof(bench));
    strcpy(bench.directory, "/tmp/test_report_render.XXXXXX");
    if (mkdtemp(bench.directory) == NULL || results == NULL)
        return -1;
    write_text(bench.directory, "results.jsonl", results);
    bench.summary = json_load_file(FIXTURE "/summary.json", 0, NULL);
    *state = &bench;
    return bench.summary != NULL ? 0 : -1;
}

static int remove_entry(const char *path, const struct stat *status, int type,
                        struct FTW *walk)
{
    (void)status;
    (void)type;
    (void)walk;
    return remove(path);
}

static int tear_down(void **state)
{
    struct bench *bench = *state;

    json_decref(bench->summary);
    free(bench->page);
    return nftw(bench->directory, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

static int render(struct bench *bench, struct error *error)
{
    char path[PATH_MAX];
    int result;

    snprintf(path, sizeof(path), "%s/summary.json", bench->directory);
    assert_int_equal(json_dump_file(bench->summary, path, JSON_INDENT(1)), 0);
    result = report_render(bench->directory, error);
    free(bench->page);
    bench->page = read_text(bench->directory, "report.html");
    return result;
}

static void render_well(struct bench *bench)
{
    struct error error = {0};

    if (render(bench, &error) < 0)
        fail_msg("%s", error.text);
    assert_non_null(bench->page);
    assert_non_null(strstr(bench->page, "</html>"));
}

static void expect(const struct bench *bench, const char *text)
{
    if (strstr(bench->page, text) == NULL)
        fail_msg("the page does not say \"%s\"", text);
}

static void expect_none(const struct bench *bench, const char *text)
{
    if (strstr(bench->page, text) != NULL)
        fail_msg("the page says \"%s\"", text);
}

/* Every chart was drawn, where there is something to draw it with. */
static void expect_charts(const struct bench *bench)
{
    if (have_gnuplot())
        expect_none(bench, "Charts are missing");
}

static json_t *header_of(const struct bench *bench)
{
    return json_object_get(bench->summary, "header");
}

static json_t *item(json_t *object, const char *list, size_t index)
{
    return json_array_get(json_object_get(object, list), index);
}

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

static size_t count(const char *text, const char *part)
{
    size_t found = 0;

    for (; (text = strstr(text, part)) != NULL; text++)
        found++;
    return found;
}

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

static const char hostile[] =
    "<script>alert(1)</script>\"'&\n\t\\\"); system(\"touch /tmp/pwned\") #";

static void hostile_titles_stay_text(void **state)
{
    struct bench *bench = *state;
    _cleanup_free_ char *script = NULL, *data = NULL;

    json_object_set_new(item(header_of(bench), "platforms", 2), "title",
                        json_string(hostile));
    json_object_set_new(item(header_of(bench), "workloads", 0), "title",
                        json_string(hostile));
    json_object_set_new(item(header_of(bench), "left_out", 0), "reason",
                        json_string(hostile));
    render_well(bench);
    assert_int_equal(count(bench->page, "<script"), 1);
    expect(bench, "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;");
    script = read_text(bench->directory, "charts/startup.gp");
    data = read_text(bench->directory, "charts/startup.tsv");
    assert_null(strstr(script, "pwned"));
    assert_non_null(strstr(data, "\"<script>alert(1)</scrip"));
    expect_charts(bench);
}

static void a_hostile_unit_stays_out_of_the_script(void **state)
{
    struct bench *bench = *state;
    json_t *cells = json_object_get(bench->summary, "cells");
    json_t *cell;
    size_t index;
    _cleanup_free_ char *script = NULL;

    json_array_foreach(cells, index, cell)
        json_object_set_new(cell, "unit", json_string(hostile));
    render_well(bench);
    script = read_text(bench->directory, "charts/kernel.gp");
    assert_non_null(script);
    assert_null(strstr(script, "system"));
    assert_int_equal(count(bench->page, "<script"), 1);
    expect_charts(bench);
}

static void strings_of_ten_kilobytes_are_cut(void **state)
{
    struct bench *bench = *state;
    char text[10001];

    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    for (size_t i = 0; i < 3; i++)
        json_object_set_new(item(header_of(bench), "platforms", i), "title",
                            json_string(text));
    json_object_set_new(item(header_of(bench), "left_out", 0), "remedy",
                        json_string(text));
    render_well(bench);
    text[1000] = '\0';
    expect_none(bench, text);
    expect(bench, "xxx…");
}

static void expect_refused(struct bench *bench, const char *text)
{
    struct error error = {0};

    assert_int_equal(render(bench, &error), -EINVAL);
    if (strstr(error.text, text) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", error.text, text);
    assert_null(bench->page);
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

static void a_malformed_value_is_named_by_its_place(void **state)
{
    struct bench *bench = *state;

    json_object_set_new(item(bench->summary, "cells", 1), "median",
                        json_string("fast"));
    expect_refused(bench, "cells[1].median: expected a number");
}

static void a_platform_that_nobody_announced_is_refused(void **state)
{
    struct bench *bench = *state;

    json_object_set_new(item(bench->summary, "cells", 2), "platform",
                        json_string("nobody"));
    expect_refused(bench, "cells[2].platform: expected a platform of the");
}

static void another_schema_is_refused(void **state)
{
    struct bench *bench = *state;

    json_object_set_new(bench->summary, "schema", json_integer(2));
    expect_refused(bench, "schema: expected 1, got 2");
}

static void no_summary_is_an_error(void **state)
{
    struct bench *bench = *state;
    struct error error = {0};

    assert_int_equal(report_render(bench->directory, &error), -ENOENT);
    assert_non_null(strstr(error.text, "summary.json"));
}

static void a_link_in_place_of_charts_is_refused(void **state)
{
    struct bench *bench = *state;
    struct error error = {0};
    char path[PATH_MAX];

    snprintf(path, sizeof(path), "%s/charts", bench->directory);
    assert_int_equal(symlink("/tmp", path), 0);
    assert_true(render(bench, &error) < 0);
    assert_non_null(strstr(error.text, "charts"));
}

#define IN_A_DIRECTORY(test) \
    cmocka_unit_test_setup_teardown(test, set_up, tear_down)

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
        IN_A_DIRECTORY(hostile_titles_stay_text),
        IN_A_DIRECTORY(a_hostile_unit_stays_out_of_the_script),
        IN_A_DIRECTORY(strings_of_ten_kilobytes_are_cut),
        IN_A_DIRECTORY(phases_of_a_start_stand_in_the_order_of_time),
        IN_A_DIRECTORY(a_malformed_value_is_named_by_its_place),
        IN_A_DIRECTORY(a_platform_that_nobody_announced_is_refused),
        IN_A_DIRECTORY(another_schema_is_refused),
        IN_A_DIRECTORY(no_summary_is_an_error),
        IN_A_DIRECTORY(a_link_in_place_of_charts_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
