/* Reading results.jsonl from anyone: each fault is one line that names it. */
#include "bench_fixture.h"

#include <sys/stat.h>

#define HEADER                                                                \
    "{\"type\":\"header\",\"schema\":1,\"created\":\"2026-11-23T12:00:00Z\"," \
    "\"ringside\":\"0.1.0\",\"seed\":42,\"profile\":\"quick\","               \
    "\"command\":[\"ringside\"],\"blocks\":20,"                               \
    "\"program\":{\"path\":\"w\",\"sha256\":null},"                           \
    "\"platforms\":[{\"name\":\"native\",\"title\":\"N\",\"class\":"          \
    "\"native\",\"version\":null,\"control\":false,\"differs\":[]}],"         \
    "\"workloads\":[{\"name\":\"noop\",\"title\":\"S\",\"group\":\"start\","  \
    "\"arguments\":[\"noop\"],\"primary\":null}],\"left_out\":[],"            \
    "\"fingerprint\":{\"sha256\":\"ab\",\"host\":{}}}\n"

#define RUN_BEFORE_BLOCK "{\"type\":\"run\",\"block\":"
#define RUN_AFTER_BLOCK                                                    \
    ",\"position\":1,\"platform\":\"native\",\"workload\":\"noop\","       \
    "\"start\":\"cold\",\"at\":\"2026-11-23T12:00:05.1Z\",\"metrics\":{}," \
    "\"memory\":{},\"noise\":{},"
#define RUN(members) RUN_BEFORE_BLOCK "1" RUN_AFTER_BLOCK members "}\n"
#define GOOD_RUN     RUN("\"exit_ns\":5")

/* Reads a file of this content: the first error, or 0 and what was read. */
static int read_text(const char *directory, const char *text, size_t length,
                     struct result_reader *totals, struct error *error)
{
    struct result_reader reader;
    struct result_run run;
    int result;

    fixture_write(directory, RESULTS_FILE, text, length);
    result = results_open(directory, &reader, error);
    if (result < 0)
        return result;
    while ((result = results_next(&reader, &run, error)) > 0)
        ;
    if (totals != NULL)
        *totals = reader;
    results_reader_close(&reader);
    return result;
}

static void what_the_format_allows_is_read(void **state)
{
    static const char *const texts[] = {
        HEADER,
        HEADER GOOD_RUN,
        HEADER GOOD_RUN "{\"type\":\"end\",\"runs\":1}\n",
        HEADER RUN("\"new\":{\"key\":[1]}"),
        HEADER RUN("\"exit_ns\":null,\"status\":null"),
        HEADER RUN("\"host\":\"ab\""),
        HEADER RUN("\"host\":null"),
    };

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct error error = {0};

        if (read_text(*state, texts[i], strlen(texts[i]), NULL, &error) < 0)
            fail_msg("%zu: %s", i, error.text);
    }
}

static void a_torn_last_line_is_an_interruption(void **state)
{
    static const char text[] = HEADER GOOD_RUN RUN_BEFORE_BLOCK "2";
    struct result_reader totals;
    struct error error = {0};

    assert_int_equal(read_text(*state, text, strlen(text), &totals, &error), 0);
    assert_true(totals.torn);
    assert_false(totals.complete);
    assert_int_equal(totals.runs, 1);
}

/* Each file cut at every byte is read, or refused; nothing else. */
static void a_file_cut_anywhere_is_never_misread(void **state)
{
    static const char text[] =
        HEADER GOOD_RUN "{\"type\":\"end\",\"runs\":1}\n";

    for (size_t length = 0; length < strlen(text); length++) {
        struct result_reader totals = {0};
        struct error error = {0};
        int result = read_text(*state, text, length, &totals, &error);

        if (length < strlen(HEADER))
            assert_int_equal(result, -EINVAL);
        else
            assert_int_equal(result, 0);
        assert_false(totals.complete);
    }
}

static void each_fault_is_named_with_its_line(void **state)
{
    static const struct {
        const char *text, *line, *words;
    } cases[] = {
        {"", ":1: ", "the file is empty"},
        {"{\"type\":", ":1: ", "cut short"},
        {"[]\n", ":1: ", "expected an object"},
        {"nonsense\n", ":1: ", "column"},
        {GOOD_RUN, ":1: ", "expected the header"},
        {"{\"type\":\"header\",\"schema\":7}\n",
         ":1: ", "schema 7 is newer than this program's 1"},
        {"{\"type\":\"header\",\"schema\":\"1\"}\n", ":1: ", "schema"},
        {"{\"type\":\"header\",\"schema\":1}\n", ":1: ", "fingerprint.host"},
        {HEADER HEADER, ":2: ", "type: expected \"run\""},
        {HEADER "{}\n", ":2: ", "got nothing"},
        {HEADER "\n", ":2: ", "column"},
        {HEADER GOOD_RUN GOOD_RUN, ":3: ", "block 1 has noop on native"},
        {HEADER RUN("\"exit_ns\":-1"), ":2: ", "exit_ns: expected an integer"},
        {HEADER RUN("\"exit_ns\":1.5"), ":2: ", "got 1.5"},
        {HEADER RUN("\"exit_ns\":\"5\""), ":2: ", "got \"5\""},
        {HEADER RUN("\"exit_ns\":1e999"), ":2: ", "overflow"},
        {HEADER RUN("\"exit_ns\":NaN"), ":2: ", "column"},
        {HEADER RUN("\"exit_ns\":99999999999999999999"), ":2: ", "big"},
        {HEADER RUN("\"exit_ns\":1,\"exit_ns\":2"), ":2: ", "duplicate"},
        {HEADER RUN("\"status\":256"), ":2: ", "status: expected 0 to 255"},
        {HEADER RUN("\"digest\":\"AB\""), ":2: ", "hexadecimal"},
        {HEADER RUN("\"digest\":\"abc\""), ":2: ", "hexadecimal"},
        {HEADER RUN("\"failure\":\"a\\u001b[2J\""), ":2: ", "failure"},
        {HEADER RUN("\"failure\":\"a\\u202eb\""), ":2: ", "failure"},
        {HEADER RUN("\"failure\":\"\\u0000\""), ":2: ", "column"},
        {HEADER RUN("\"host\":\"cd\""),
         ":2: ", "host: expected the header's fingerprint, ab, got \"cd\""},
        {HEADER RUN("\"host\":\"abab\""), ":2: ", "got \"abab\""},
        {HEADER RUN("\"failure\":5"), ":2: ", "failure: expected one line"},
        {HEADER RUN_BEFORE_BLOCK "0" RUN_AFTER_BLOCK "\"x\":1}\n",
         ":2: ", "block: expected 1 to 20, got 0"},
        {HEADER RUN_BEFORE_BLOCK "21" RUN_AFTER_BLOCK "\"x\":1}\n",
         ":2: ", "got 21"},
        {HEADER "{\"type\":\"end\",\"runs\":1}\n", ":2: ", "count the 0 runs"},
        {HEADER "{\"type\":\"end\",\"runs\":0}\n" GOOD_RUN,
         ":3: ", "a line after the end line"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct error error = {0};
        int result = read_text(*state, cases[i].text, strlen(cases[i].text),
                               NULL, &error);

        if (result != -EINVAL || strstr(error.text, cases[i].line) == NULL ||
            strstr(error.text, cases[i].words) == NULL)
            fail_msg("case %zu: %d, \"%s\"", i, result, error.text);
    }
}

/* HEADER with one piece of it replaced. */
static char *header_with(const char *old, const char *new)
{
    const char *place = strstr(HEADER, old);
    char *text;

    assert_non_null(place);
    assert_true(asprintf(&text, "%.*s%s%s", (int)(place - HEADER), HEADER, new,
                         place + strlen(old)) > 0);
    return text;
}

static void a_bad_header_is_refused(void **state)
{
    static const struct {
        const char *old, *new, *words;
    } cases[] = {
        {"\"seed\":42", "\"seed\":-1", "seed"},
        {"\"blocks\":20", "\"blocks\":0", "blocks: expected 1"},
        {"\"blocks\":20", "\"blocks\":9000000000000000000", "blocks"},
        {"\"class\":\"native\"", "\"class\":\"magic\"", "platforms[0].class"},
        {"\"group\":\"start\"", "\"group\":\"cup\"", "workloads[0].group"},
        {"\"name\":\"noop\"", "\"name\":\"../noop\"", "workloads[0].name"},
        {"\"name\":\"noop\"", "\"name\":\"\"", "workloads[0].name"},
        {"\"differs\":[]", "\"differs\":[1]", "differs"},
        {"\"control\":false", "\"control\":0", "control"},
        {"2026-11-23T12:00:00Z", "yesterday", "created"},
        {"\"left_out\":[]", "\"left_out\":{}", "left_out"},
        {"\"left_out\":[]",
         "\"left_out\":[{\"platform\":\"native\",\"title\":\"N\","
         "\"reason\":\"r\",\"remedy\":null}]",
         "is among the platforms"},
        {"\"sha256\":\"ab\"", "\"sha256\":null", "fingerprint.sha256"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct error error = {0};
        char *text = header_with(cases[i].old, cases[i].new);
        int result = read_text(*state, text, strlen(text), NULL, &error);

        if (result != -EINVAL || strstr(error.text, ":1: ") == NULL ||
            strstr(error.text, cases[i].words) == NULL)
            fail_msg("case %zu: %d, \"%s\"", i, result, error.text);
        free(text);
    }
}

static void a_line_without_bound_is_refused(void **state)
{
    size_t length = strlen(HEADER) + 2 * RESULT_MAX_LINE;
    char *text = malloc(length);
    struct error error = {0};

    assert_non_null(text);
    memset(text, ' ', length);
    memcpy(text, HEADER, strlen(HEADER));
    assert_int_equal(read_text(*state, text, length, NULL, &error), -EINVAL);
    assert_non_null(strstr(error.text, ":2: longer than"));
    free(text);
}

static void a_nul_byte_does_not_hide_the_rest_of_a_line(void **state)
{
    static const char text[] = HEADER "{}\0{\"type\":\"end\",\"runs\":0}\n";
    struct error error = {0};

    assert_int_equal(read_text(*state, text, sizeof(text) - 1, NULL, &error),
                     -EINVAL);
    assert_non_null(strstr(error.text, ":2: "));
}

static void deep_nesting_is_refused(void **state)
{
    static char text[sizeof(HEADER) + 10000];
    struct error error = {0};

    memset(text, '[', sizeof(text));
    memcpy(text, HEADER, strlen(HEADER));
    text[sizeof(text) - 1] = '\n';
    assert_int_equal(read_text(*state, text, sizeof(text), NULL, &error),
                     -EINVAL);
}

static void what_is_no_regular_file_is_refused_at_once(void **state)
{
    char *path = fixture_path(*state, RESULTS_FILE);
    struct result_reader reader;
    struct error error = {0};

    assert_int_equal(results_open(*state, &reader, &error), -ENOENT);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(results_open(*state, &reader, &error), -EINVAL);
    assert_non_null(strstr(error.text, "not a regular file"));
    free(path);
}

#define TEST(name) \
    cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_the_format_allows_is_read),
        TEST(a_torn_last_line_is_an_interruption),
        TEST(a_file_cut_anywhere_is_never_misread),
        TEST(each_fault_is_named_with_its_line),
        TEST(a_bad_header_is_refused),
        TEST(a_line_without_bound_is_refused),
        TEST(a_nul_byte_does_not_hide_the_rest_of_a_line),
        TEST(deep_nesting_is_refused),
        TEST(what_is_no_regular_file_is_refused_at_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
