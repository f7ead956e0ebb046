/*
 * Runs taken apart in place say what a whole parser says of them: on lines as
 * they are written, and on lines with a byte changed, cut or put in.
 */
#include "bench_fixture.h"

#include "bench/flags.h"
#include "bench/results_format.h"
#include "bench/results_scan.h"

#include <stdlib.h>

enum { MAX_TEXT = 4096 };

/* A run with every kind of member. */
static char *full_line(void)
{
    struct result_run run = fixture_run(3, "container", "cpu-int");
    struct error error = {0};
    json_t *document;
    char *line;

    run.metrics[0] = (struct result_metric){"time_per_operation", 1.0625, "ns"};
    run.metrics[1] = (struct result_metric){"iterations", 539420, "count"};
    run.metric_count = 2;
    run.costs[0] = (struct result_cost){"page_faults_minor", 12, "count", NULL};
    run.costs[1] = (struct result_cost){"kvm_exits", RESULT_ABSENT, "count",
                                        "no virtual machine"};
    run.cost_count = 2;
    run.digest = "9f86";
    run.noise.load = 0.25;
    run.flags = FLAG_STEAL | FLAG_CLOCK;
    run.fingerprint = "abcdef";
    document = run_encode(&run, &error);
    assert_non_null(document);
    line = json_dumps(document, RESULT_JSON_FLAGS);
    json_decref(document);
    assert_true(strlen(line) < MAX_TEXT - 1);
    return line;
}

/* The run as text, by a whole parser; NULL: refused. */
static char *parse_whole(const struct result_header *header, const char *line)
{
    json_t *document = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
    struct result_run run = {0};
    struct error error = {0};
    char *text = NULL;

    if (document != NULL && run_decode(document, header, &run, &error) == 0) {
        json_t *again = run_encode(&run, &error);

        text = json_dumps(again, RESULT_JSON_FLAGS);
        json_decref(again);
    }
    json_decref(document);
    return text;
}

/* The run as text, taken apart in place; NULL: left to the whole parser, or
 * refused. */
static char *scan(const struct result_header *header, const char *line)
{
    char copy[MAX_TEXT], *text = NULL;
    struct result_run run = {0};
    struct error error = {0};

    snprintf(copy, sizeof(copy), "%s", line);
    if (run_scan(copy, strlen(line), &run) &&
        run_check(header, &run, &error) == 0) {
        json_t *again = run_encode(&run, &error);

        text = json_dumps(again, RESULT_JSON_FLAGS);
        json_decref(again);
    }
    return text;
}

static void a_written_line_is_taken_as_it_is(void **state)
{
    struct result_header header = fixture_header();
    char *line = full_line();
    char *scanned = scan(&header, line);

    (void)state;
    assert_non_null(scanned);
    assert_string_equal(scanned, line);
    free(scanned);
    free(line);
    json_decref(header.host);
}

static void compare(const struct result_header *header, const char *line)
{
    char *scanned = scan(header, line);

    if (scanned != NULL) {
        char *parsed = parse_whole(header, line);

        if (parsed == NULL)
            fail_msg("only taken in place: %s", line);
        assert_string_equal(scanned, parsed);
        free(parsed);
    }
    free(scanned);
}

static void what_is_taken_a_whole_parser_takes_alike(void **state)
{
    static const char bytes[] = "\"\\{}[]:,0129.eE-+ntx\x01\xc3 ";
    struct result_header header = fixture_header();
    char *line = full_line(), changed[MAX_TEXT];
    size_t length = strlen(line);

    (void)state;
    for (size_t i = 0; i < length; i++) {
        for (size_t j = 0; j < sizeof(bytes) - 1; j++) {
            strcpy(changed, line);
            changed[i] = bytes[j];
            compare(&header, changed);
            memcpy(changed + i + 1, line + i, length - i + 1);
            compare(&header, changed);
        }
        strcpy(changed, line);
        memmove(changed + i, changed + i + 1, length - i);
        compare(&header, changed);
        changed[i] = '\0';
        compare(&header, changed);
    }
    free(line);
    json_decref(header.host);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_written_line_is_taken_as_it_is),
        cmocka_unit_test(what_is_taken_a_whole_parser_takes_alike),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
