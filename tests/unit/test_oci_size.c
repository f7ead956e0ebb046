/* Sizes on the command line. */
#include "oci/size.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void sizes_are_read_with_their_unit(void **state)
{
    static const struct {
        const char *text;
        int64_t bytes;
    } cases[] = {
        {"1", 1},           {"4096", 4096},
        {"3K", 3072},       {"64M", 64 << 20},
        {"64m", 64 << 20},  {"2G", 2ull << 30},
        {"1T", 1ull << 40}, {"9223372036854775807", INT64_MAX},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int64_t bytes = 0;

        assert_int_equal(size_parse(cases[i].text, &bytes), 0);
        assert_int_equal(bytes, cases[i].bytes);
    }
}

static void everything_else_is_refused(void **state)
{
    static const char *const cases[] = {
        "",
        "0",
        "-1",
        "+1",
        " 1",
        "1.5G",
        "M",
        "1MB",
        "1 M",
        "0x1",
        "1Q",
        "99999999999999999999",
        "0K",
        "9223372036854775808",
        "8589934592G",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int64_t bytes = 42;

        assert_true(size_parse(cases[i], &bytes) < 0);
        assert_int_equal(bytes, 42);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_are_read_with_their_unit),
        cmocka_unit_test(everything_else_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
