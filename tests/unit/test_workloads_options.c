/* Options of a workload: what is taken, and what is said of the rest. */
#include "guests/workloads/options.h"
#include "guests/workloads/workload.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum {
    DURATION,
    QUIET,
};

static const struct option options[] = {
    {"duration", "MS", "measured time", 50, 1, 60000},
    {"quiet", NULL, "no output", 0, 0, 1},
    {0},
};

static uint64_t values[OPTIONS_MAXIMUM];
static char message[OPTIONS_MESSAGE_SIZE];

/* Parses the words up to a NULL. */
static int parse(char *const *words)
{
    int count = 0;

    while (words[count] != NULL)
        count++;
    message[0] = '\0';
    return options_parse(options, count, words, values, message);
}

#define PARSE(...) parse((char *const[]){__VA_ARGS__, NULL})

static void options_not_given_have_their_initial_values(void **state)
{
    (void)state;
    assert_int_equal(parse((char *const[]){NULL}), 0);
    assert_int_equal(values[DURATION], 50);
    assert_int_equal(values[QUIET], 0);
}

static void given_options_are_taken_in_any_order(void **state)
{
    (void)state;
    assert_int_equal(PARSE("--quiet", "--duration", "7"), 0);
    assert_int_equal(values[DURATION], 7);
    assert_int_equal(values[QUIET], 1);
    assert_int_equal(PARSE("--duration", "60000", "--quiet"), 0);
    assert_int_equal(values[DURATION], 60000);
}

static void the_last_of_two_counts(void **state)
{
    (void)state;
    assert_int_equal(PARSE("--duration", "7", "--duration", "8"), 0);
    assert_int_equal(values[DURATION], 8);
}

static void unknown_words_are_named(void **state)
{
    (void)state;
    assert_int_equal(PARSE("--size", "3"), -1);
    assert_string_equal(message, "unknown option \"--size\"");
    assert_int_equal(PARSE("duration", "3"), -1);
    assert_string_equal(message, "unknown option \"duration\"");
    assert_int_equal(PARSE("--"), -1);
    assert_int_equal(PARSE(""), -1);
    assert_int_equal(PARSE("--duration=3"), -1);
}

static void a_missing_number_is_asked_for(void **state)
{
    (void)state;
    assert_int_equal(PARSE("--duration"), -1);
    assert_string_equal(message, "--duration needs a number (MS)");
}

static void numbers_are_whole_and_in_range(void **state)
{
    static char *const bad[] = {
        "",
        "0",
        "60001",
        "-1",
        "+5",
        "5x",
        " 5",
        "0x10",
        "1.5",
        "1e3",
        "many",
        "18446744073709551616",
        "99999999999999999999999999",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(PARSE("--duration", bad[i]), -1);
        assert_non_null(
            strstr(message, "--duration: expected a number from 1 to 60000"));
    }
}

static void a_long_word_is_cut_in_the_message(void **state)
{
    char word[4096];

    (void)state;
    memset(word, 'x', sizeof(word) - 1);
    word[sizeof(word) - 1] = '\0';
    assert_int_equal(PARSE(word), -1);
    assert_true(strlen(message) < 80);
}

static void every_workload_is_found_by_its_name_alone(void **state)
{
    (void)state;
    for (size_t i = 0; workloads[i] != NULL; i++)
        assert_ptr_equal(workload_find(workloads[i]->name), workloads[i]);
    assert_null(workload_find(""));
    assert_null(workload_find("cpu"));
    assert_null(workload_find("noop "));
}

static void every_workload_has_options_that_fit(void **state)
{
    (void)state;
    for (size_t i = 0; workloads[i] != NULL; i++) {
        const struct option *option = workloads[i]->options;

        for (; option->name != NULL; option++)
            assert_in_range(option->initial, option->minimum, option->maximum);
        assert_true(option - workloads[i]->options <= OPTIONS_MAXIMUM);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_not_given_have_their_initial_values),
        cmocka_unit_test(given_options_are_taken_in_any_order),
        cmocka_unit_test(the_last_of_two_counts),
        cmocka_unit_test(unknown_words_are_named),
        cmocka_unit_test(a_missing_number_is_asked_for),
        cmocka_unit_test(numbers_are_whole_and_in_range),
        cmocka_unit_test(a_long_word_is_cut_in_the_message),
        cmocka_unit_test(every_workload_is_found_by_its_name_alone),
        cmocka_unit_test(every_workload_has_options_that_fit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
