/* The control port: messages to init, whole, in pieces, and none at all. */
#include "guests/linux/init_control.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct control_message last;

/* How many messages the bytes held; the last one is in last. */
static int feed(struct control_reader *reader, const char *bytes)
{
    int messages = 0;

    for (; *bytes != '\0'; bytes++)
        messages += control_reader_take(reader, *bytes, &last);
    return messages;
}

static int feed_once(const char *bytes)
{
    struct control_reader reader = {0};

    return feed(&reader, bytes);
}

static void a_signal_is_understood(void **state)
{
    (void)state;
    assert_int_equal(feed_once("signal 15\n"), 1);
    assert_int_equal(last.kind, CONTROL_SIGNAL);
    assert_int_equal(last.number, 15);
    assert_int_equal(feed_once("signal 64\n"), 1);
}

static void a_closed_stream_is_understood(void **state)
{
    (void)state;
    assert_int_equal(feed_once("closed stdin\n"), 1);
    assert_int_equal(last.kind, CONTROL_CLOSED);
    assert_int_equal(last.number, 0);
    assert_int_equal(feed_once("closed stdout\n"), 1);
    assert_int_equal(last.number, 1);
    assert_int_equal(feed_once("closed stderr\n"), 1);
    assert_int_equal(last.number, 2);
}

static void a_line_may_come_in_pieces(void **state)
{
    struct control_reader reader = {0};

    (void)state;
    assert_int_equal(feed(&reader, "sig"), 0);
    assert_int_equal(feed(&reader, "nal 1"), 0);
    assert_int_equal(feed(&reader, "0\nsignal 9\nclo"), 2);
    assert_int_equal(last.number, 9);
    assert_int_equal(feed(&reader, "sed stdin\n"), 1);
}

static void what_is_no_message_is_dropped(void **state)
{
    static const char *const lines[] = {
        "\n",
        "signal\n",
        "signal \n",
        "signal x\n",
        "signal 0\n",
        "signal 65\n",
        "signal -1\n",
        "signal 9x\n",
        "signal  9\n",
        "signal 99999999999999999999\n",
        "Signal 9\n",
        " signal 9\n",
        "closed\n",
        "closed std\n",
        "closed stdin \n",
        "exit 0\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
        assert_int_equal(feed_once(lines[i]), 0);
}

static void a_line_too_long_is_dropped_as_a_whole(void **state)
{
    struct control_reader reader = {0};

    (void)state;
    assert_int_equal(feed(&reader, "signal 9"), 0);
    for (int i = 0; i < 3 * RINGSIDE_CONTROL_LINE; i++)
        assert_int_equal(feed(&reader, " "), 0);
    assert_int_equal(feed(&reader, "signal 9\n"), 0);
    assert_int_equal(feed(&reader, "signal 10\n"), 1);
    assert_int_equal(last.number, 10);
}

static void a_nul_ends_no_line_early(void **state)
{
    struct control_reader reader = {0};
    struct control_message message;

    (void)state;
    assert_int_equal(feed(&reader, "closed stdin"), 0);
    assert_false(control_reader_take(&reader, '\0', &message));
    assert_int_equal(feed(&reader, "x\n"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_signal_is_understood),
        cmocka_unit_test(a_closed_stream_is_understood),
        cmocka_unit_test(a_line_may_come_in_pieces),
        cmocka_unit_test(what_is_no_message_is_dropped),
        cmocka_unit_test(a_line_too_long_is_dropped_as_a_whole),
        cmocka_unit_test(a_nul_ends_no_line_early),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
