/* The records of a workload: their text, and that they cannot overrun. */
#include "guests/workloads/report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void metrics_have_name_value_and_unit(void **state)
{
    struct report report = {0};

    (void)state;
    report_metric(&report, "time_per_operation", 1.25, "ns");
    report_count(&report, "iterations", UINT64_MAX);
    assert_string_equal(report.text,
                        "ringside metric time_per_operation 1.2500 ns\n"
                        "ringside metric iterations 18446744073709551615 "
                        "count\n");
    assert_int_equal(report.used, strlen(report.text));
}

static void a_result_is_the_digest_in_hexadecimal(void **state)
{
    struct report report = {0};
    uint8_t digest[32];

    (void)state;
    for (size_t i = 0; i < sizeof(digest); i++)
        digest[i] = (uint8_t)(i * 8);
    report_result(&report, digest);
    assert_string_equal(report.text,
                        "ringside result 00081018202830384048505860687078"
                        "80889098a0a8b0b8c0c8d0d8e0e8f0f8\n");
}

static void records_beyond_the_buffer_are_cut(void **state)
{
    struct {
        struct report report;
        char guard[16];
    } cut = {.guard = "untouched"};

    (void)state;
    for (int i = 0; i < 200; i++)
        report_metric(&cut.report, "a_rather_long_name", 1e300, "ns");
    assert_int_equal(cut.report.used, REPORT_SIZE - 1);
    assert_int_equal(strlen(cut.report.text), REPORT_SIZE - 1);
    assert_string_equal(cut.guard, "untouched");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(metrics_have_name_value_and_unit),
        cmocka_unit_test(a_result_is_the_digest_in_hexadecimal),
        cmocka_unit_test(records_beyond_the_buffer_are_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
