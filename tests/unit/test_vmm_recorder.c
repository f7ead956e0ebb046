/* Output kept until the ready line, however it comes in. */
#include "vmm/recorder.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct recorder recorder;

static int release(void **state)
{
    (void)state;
    recorder_release(&recorder);
    memset(&recorder, 0, sizeof(recorder));
    return 0;
}

static int64_t say(uint64_t stream, const char *text)
{
    return recorder_write(&recorder, stream, text, strlen(text));
}

static void the_line_alone_is_ready_and_not_kept(void **state)
{
    (void)state;
    assert_int_equal(say(1, "ringside ready\n"), 0);
    assert_true(recorder.ready);
    assert_int_equal(recorder.kept.size, 0);
}

static void the_line_may_come_in_pieces(void **state)
{
    (void)state;
    assert_int_equal(say(1, "before\nringside "), 16);
    assert_false(recorder.ready);
    assert_int_equal(say(1, "ready"), 5);
    assert_int_equal(say(1, "\nafter"), 0);
    assert_true(recorder.ready);
    assert_true(recorder_check(recorder.kept.data, recorder.kept.size));
}

static void other_lines_are_not_ready(void **state)
{
    static const char *const lines[] = {
        "ringside readyish\n", " ringside ready\n", "ringside ready ",
        "\nringside read\n", "ringside ringside ready\n"};

    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        say(1, lines[i]);
        assert_false(recorder.ready);
        say(1, "\n");
    }
}

static void standard_error_is_kept_and_never_ready(void **state)
{
    (void)state;
    assert_int_equal(say(2, "ringside ready\n"), 15);
    assert_false(recorder.ready);
}

static void too_much_is_refused(void **state)
{
    static char much[RECORDER_MAX];

    (void)state;
    memset(much, 'x', sizeof(much));
    assert_int_equal(recorder_write(&recorder, 1, much, sizeof(much)), -ENOSPC);
    assert_int_equal(recorder_write(&recorder, 1, much, sizeof(much) - 8),
                     sizeof(much) - 8);
    assert_int_equal(say(1, "x"), -ENOSPC);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(the_line_alone_is_ready_and_not_kept,
                                  release),
        cmocka_unit_test_teardown(the_line_may_come_in_pieces, release),
        cmocka_unit_test_teardown(other_lines_are_not_ready, release),
        cmocka_unit_test_teardown(standard_error_is_kept_and_never_ready,
                                  release),
        cmocka_unit_test_teardown(too_much_is_refused, release),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
