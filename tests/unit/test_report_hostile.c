/* Records that mean harm or are broken: text stays text, or they are refused.
 */
#include "report_fixture.h"

/* Every chart was drawn, where there is something to draw it with. */
static void expect_charts(const struct bench *bench)
{
    if (have_gnuplot())
        expect_none(bench, "Charts are missing");
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_DIRECTORY(hostile_titles_stay_text),
        IN_A_DIRECTORY(a_hostile_unit_stays_out_of_the_script),
        IN_A_DIRECTORY(strings_of_ten_kilobytes_are_cut),
        IN_A_DIRECTORY(a_malformed_value_is_named_by_its_place),
        IN_A_DIRECTORY(a_platform_that_nobody_announced_is_refused),
        IN_A_DIRECTORY(another_schema_is_refused),
        IN_A_DIRECTORY(no_summary_is_an_error),
        IN_A_DIRECTORY(a_link_in_place_of_charts_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
