/* The terminal table, as a person sees it. */
#include "bench_fixture.h"

#include "bench/summary.h"
#include "bench/table.h"
#include "bench/table_columns.h"

/*
 * Ten blocks with these exact figures in each, so that every interval has no
 * width: times in units of 100 us for noop, of 0.1 ns for cpu-int.
 */
static const int64_t start_times[] = {2, 2, 21, 45};
static const double operation_times[] = {3, 3, 3.03, 1.5};

static void make_session(const char *directory, bool container_fails)
{
    struct result_writer writer;

    fixture_create(directory, &writer);
    for (int64_t block = 1; block <= FIXTURE_BLOCKS; block++)
        for (size_t i = 0; i < 12; i++) {
            struct result_run run =
                fixture_run(block, fixture_platforms[i % 4].name,
                            fixture_workloads[i / 4].name);

            run.exit_ns = start_times[i % 4] * 100000;
            run.metrics[0] = (struct result_metric){
                "time_per_operation", operation_times[i % 4] / 10, "ns"};
            run.metric_count = i / 4 == 1;
            run.memory.pss = (int64_t)(i % 4 + 1) << 20;
            if (container_fails && i % 4 == 2 && i / 4 == 1)
                run.failure = "exit status 1";
            fixture_append(&writer, &run);
        }
    fixture_finish(&writer);
}

/* What table_print writes for a session; freed by the caller. */
static char *printed(const char *directory, struct table_style style)
{
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);
    struct error error = {0};

    assert_non_null(stream);
    if (summary_compute(directory, &error) < 0 ||
        table_print(directory, &style, stream, &error) < 0)
        fail_msg("%s", error.text);
    fclose(stream);
    return text;
}

static void the_table_is_this(void **state)
{
    char *text;

    make_session(*state, true);
    text = printed(*state, (struct table_style){.width = 80});
    assert_string_equal(
        text,
        "                             noop            cpu-int  pause\n"
        "                        ms [95 %]  ratio    0.300 ns    MiB\n"
        "native        0.200 [0.200 0.200]      1         1     1.00\n"
        "native-again  0.200 [0.200 0.200]   1.00 =    1.00 =   2.00\n"
        "container        2.10 [2.10 2.10]   10.5 v       - a   3.00\n"
        "unikernel        4.50 [4.50 4.50]   22.5 v    0.50 ^   4.00\n"
        "\n"
        "n = 10. Medians; [low high] is the 95 % interval. Ratios are to "
        "native, below\n"
        "each name is native's own figure: v slower, ^ faster, = equivalent "
        "(within 3 %\n"
        "or the noise floor), ~ inconclusive.\n"
        "- a  container: all 10 runs failed, the first with: exit status 1\n"
        "left out  crun: crun is not installed; to have it: apt-get install "
        "crun\n"
        "10 of 120 runs failed and take no part; summary.json lists them.\n");
    free(text);
}

static void utf8_and_colour_are_used_only_when_asked_for(void **state)
{
    char *plain, *rich;

    make_session(*state, false);
    plain = printed(*state, (struct table_style){.width = 80});
    rich = printed(
        *state, (struct table_style){.width = 80, .utf8 = true, .color = true});
    for (const char *c = plain; *c != '\0'; c++)
        assert_true((*c >= ' ' && *c < 0x7f) || *c == '\n');
    assert_non_null(strstr(rich, "\033[31m22.5 \xe2\x96\xbc\033[0m"));
    assert_non_null(strstr(rich, "\033[32m0.50 \xe2\x96\xb2\033[0m"));
    free(plain);
    free(rich);
}

static void a_narrow_terminal_gets_the_table_in_pieces(void **state)
{
    char *text, *rest = NULL;

    make_session(*state, false);
    text = printed(*state, (struct table_style){.width = 45});
    for (char *line = strtok_r(text, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest))
        if (strlen(line) > 45)
            fail_msg("%zu columns: %s", strlen(line), line);
    free(text);
}

static void no_figures_at_all_is_still_a_table(void **state)
{
    struct result_writer writer;
    char *text;

    fixture_create(*state, &writer);
    results_close(&writer);
    text = printed(*state, (struct table_style){.width = 80});
    assert_non_null(strstr(text, "- a"));
    assert_non_null(strstr(text, "the session ended before its first run"));
    assert_non_null(strstr(text, "interrupted after 0 runs"));
    assert_null(strstr(text, "n = "));
    free(text);
}

static void a_full_disk_is_an_error(void **state)
{
    FILE *stream = fopen("/dev/full", "w");
    struct table_style style = {.width = 80};
    struct error error = {0};

    make_session(*state, false);
    assert_non_null(stream);
    assert_int_equal(summary_compute(*state, &error), 0);
    assert_int_equal(table_print(*state, &style, stream, &error), -ENOSPC);
    fclose(stream);
}

static void a_summary_from_elsewhere_cannot_crash_it(void **state)
{
    static const char *const texts[] = {
        "{\"schema\":1}",
        "{\"schema\":1,\"header\":[]}",
        "{\"schema\":1,\"header\":{\"type\":\"header\",\"schema\":1}}",
    };
    struct table_style style = {.width = 80};

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct error error = {0};

        fixture_write(*state, SUMMARY_FILE, texts[i], strlen(texts[i]));
        assert_int_equal(table_print(*state, &style, stdout, &error), -EINVAL);
        assert_non_null(strstr(error.text, SUMMARY_FILE));
    }
}

/* Replaces every cell of a good summary by one that is not as it should be. */
static void cells_of_the_wrong_kind_count_as_missing(void **state)
{
    static const char *const cells[] = {
        "[]",
        "null",
        "{\"platform\":1}",
        ("{\"platform\":\"native\",\"workload\":\"noop\",\"primary\":true,"
         "\"median\":\"1\",\"why\":\"\\u001b[2J\"}"),
    };
    struct table_style style = {.width = 80};
    struct error error = {0};
    json_t *summary;

    make_session(*state, false);
    assert_int_equal(summary_compute(*state, &error), 0);
    assert_int_equal(summary_load(*state, &summary, &error), 0);
    for (size_t i = 0; i < sizeof(cells) / sizeof(cells[0]); i++) {
        json_t *list = json_array();
        char *path = fixture_path(*state, SUMMARY_FILE), *text = NULL;
        size_t size;
        FILE *stream = open_memstream(&text, &size);

        json_array_append_new(list,
                              json_loads(cells[i], JSON_DECODE_ANY, NULL));
        json_object_set_new(summary, "cells", list);
        assert_int_equal(json_dump_file(summary, path, 0), 0);
        assert_int_equal(table_print(*state, &style, stream, &error), 0);
        fclose(stream);
        assert_non_null(strstr(text, "the summary has no such cell"));
        assert_null(strchr(text, '\033'));
        free(text);
        free(path);
    }
    json_decref(summary);
}

static void figures_have_three_digits(void **state)
{
    static const struct {
        double value;
        const char *text;
    } cases[] = {
        {0, "0.000"},    {0.2134, "0.213"}, {0.9996, "1.00"},
        {2.134, "2.13"}, {9.996, "10.0"},   {21.34, "21.3"},
        {99.96, "100"},  {2134.5, "2134"},  {1e6, "1000000"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[32];

        text_figure(cases[i].value, text, sizeof(text));
        assert_string_equal(text, cases[i].text);
    }
}

static void quantities_are_scaled_for_people(void **state)
{
    static const struct {
        double value;
        const char *unit, *text;
    } cases[] = {
        {0.36, "ns", "0.360 ns"},       {1500, "ns", "1.50 us"},
        {2.5e6, "ns", "2.50 ms"},       {3e9, "ns", "3.00 s"},
        {512, "bytes", "512 bytes"},    {1536, "bytes", "1.50 KiB"},
        {3145728, "bytes", "3.00 MiB"}, {12000, "MB/s", "12000 MB/s"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[64];

        text_quantity(cases[i].value, cases[i].unit, text, sizeof(text));
        assert_string_equal(text, cases[i].text);
    }
}

static void notes_are_lettered(void **state)
{
    char mark[8];

    (void)state;
    table_note_mark(0, mark);
    assert_string_equal(mark, "a");
    table_note_mark(25, mark);
    assert_string_equal(mark, "z");
    table_note_mark(26, mark);
    assert_string_equal(mark, "aa");
}

#define TEST(name) \
    cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_table_is_this),
        TEST(utf8_and_colour_are_used_only_when_asked_for),
        TEST(a_narrow_terminal_gets_the_table_in_pieces),
        TEST(no_figures_at_all_is_still_a_table),
        TEST(a_full_disk_is_an_error),
        TEST(a_summary_from_elsewhere_cannot_crash_it),
        TEST(cells_of_the_wrong_kind_count_as_missing),
        cmocka_unit_test(figures_have_three_digits),
        cmocka_unit_test(quantities_are_scaled_for_people),
        cmocka_unit_test(notes_are_lettered),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
