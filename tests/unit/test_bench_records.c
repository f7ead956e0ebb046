/* The records of a workload, as they arrive in pieces. */
#include "bench/records.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <string.h>

static struct records *feed(const char *text)
{
    static struct records records;

    records = (struct records){.strict = true};
    records_feed(&records, text, strlen(text), 5);
    records_finish(&records);
    return &records;
}

static void all_records_are_read(void **state)
{
    struct records *records = feed("ringside ready\n"
                                   "ringside metric time_per_operation 1.5 ns\n"
                                   "hello\n"
                                   "ringside result 00ff\n");

    (void)state;
    assert_true(records->ready);
    assert_int_equal(records->metric_count, 1);
    assert_string_equal(records->metrics[0].name, "time_per_operation");
    assert_true(records->metrics[0].value == 1.5);
    assert_string_equal(records->metrics[0].unit, "ns");
    assert_string_equal(records->digest, "00ff");
    assert_string_equal(records->malformed, "");
}

static void times_are_those_of_the_pieces(void **state)
{
    struct records records = {.strict = true};

    (void)state;
    records_feed(&records, "ringside rea", 12, 100);
    assert_false(records.ready);
    records_feed(&records, "dy\nx", 4, 200);
    records_feed(&records, "y\n", 2, 300);
    assert_int_equal(records.first_byte_ns, 100);
    assert_int_equal(records.ready_ns, 200);
    assert_int_equal(records.last_byte_ns, 300);
    assert_int_equal(records.bytes, 18);
}

static void a_last_line_without_newline_counts(void **state)
{
    (void)state;
    assert_true(feed("ringside ready")->ready);
}

static void bad_records_are_named(void **state)
{
    static const struct {
        const char *text, *answer;
    } bad[] = {
        {"ringside \n", "unknown record"},
        {"ringside reddy\n", "unknown record"},
        {"ringside ready now\n", "wrong number of fields"},
        {"ringside ready\nringside ready\n", "ready twice"},
        {"ringside metric a 1\n", "wrong number of fields"},
        {"ringside metric a 1 2 3 4 5 6\n", "too many fields"},
        {"ringside metric a nan ns\n", "bad metric value"},
        {"ringside metric a inf ns\n", "bad metric value"},
        {"ringside metric a -1 ns\n", "bad metric value"},
        {"ringside metric a 1x ns\n", "bad metric value"},
        {"ringside metric a  ns\n", "bad metric value"},
        {"ringside metric a\033 1 ns\n", "bad metric name"},
        {"ringside metric  1 ns\n", "bad metric name"},
        {"ringside metric a 1 \"\n", "bad metric unit"},
        {"ringside metric a 1 ns\nringside metric a 2 ns\n", "metric twice"},
        {"ringside result\n", "wrong number of fields"},
        {"ringside result 0\n", "bad result"},
        {"ringside result 0G\n", "bad result"},
        {"ringside result 00\nringside result 00\n", "result twice"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        const char *malformed = feed(bad[i].text)->malformed;

        if (strncmp(malformed, bad[i].answer, strlen(bad[i].answer)) != 0)
            fail_msg("%s: \"%s\" instead of \"%s\"", bad[i].text, malformed,
                     bad[i].answer);
    }
}

static void a_program_of_the_user_s_may_say_anything(void **state)
{
    struct records records = {.strict = false};
    const char *text = "ringside nonsense\n";

    (void)state;
    records_feed(&records, text, strlen(text), 1);
    assert_string_equal(records.malformed, "");
}

static void an_endless_line_is_bounded(void **state)
{
    struct records records = {.strict = true};
    char piece[4096];

    (void)state;
    memset(piece, 'x', sizeof(piece));
    for (int i = 0; i < 100; i++)
        records_feed(&records, piece, sizeof(piece), 1);
    records_feed(&records, "\nringside ready\n", 16, 2);
    assert_int_equal(records.bytes, 100 * 4096 + 16);
    assert_true(records.ready);
    assert_string_equal(records.malformed, "");
}

static void an_overlong_record_is_malformed(void **state)
{
    char text[2 * RECORD_MAX_LINE];

    (void)state;
    memset(text, 'a', sizeof(text));
    memcpy(text, "ringside result ", 16);
    text[sizeof(text) - 1] = '\0';
    assert_non_null(strstr(feed(text)->malformed, "line too long"));
}

static void metrics_are_bounded(void **state)
{
    char text[64 * (RESULT_MAX_METRICS + 1)] = "";

    (void)state;
    for (int i = 0; i <= RESULT_MAX_METRICS; i++)
        sprintf(text + strlen(text), "ringside metric m%d 1 ns\n", i);
    assert_non_null(strstr(feed(text)->malformed, "too many metrics"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_records_are_read),
        cmocka_unit_test(times_are_those_of_the_pieces),
        cmocka_unit_test(a_last_line_without_newline_counts),
        cmocka_unit_test(bad_records_are_named),
        cmocka_unit_test(a_program_of_the_user_s_may_say_anything),
        cmocka_unit_test(an_endless_line_is_bounded),
        cmocka_unit_test(an_overlong_record_is_malformed),
        cmocka_unit_test(metrics_are_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
