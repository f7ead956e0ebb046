/* Lines from init, however they are cut, and what is sent to it. */
#include "vmm/control.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct control control;

static int create(void **state)
{
    struct error error = {0};

    (void)state;
    return control_create(&control, &error);
}

static int release(void **state)
{
    (void)state;
    control_release(&control);
    return 0;
}

static void hear(const char *text)
{
    control_receive(&control, text, strlen(text));
}

static void the_first_error_stands(void **state)
{
    (void)state;
    hear("started\nerror no such program\nerror another\n");
    assert_string_equal(control.failure, "no such program");
}

static void lines_may_come_in_pieces(void **state)
{
    const char *text = "started\nerror in pieces\nexit 3\n";

    (void)state;
    for (; *text != '\0'; text++)
        control_receive(&control, text, 1);
    assert_string_equal(control.failure, "in pieces");
}

static void an_unfinished_line_says_nothing_yet(void **state)
{
    (void)state;
    hear("error half");
    assert_string_equal(control.failure, "");
    hear(" a line\n");
    assert_string_equal(control.failure, "half a line");
}

static void an_endless_line_is_cut(void **state)
{
    (void)state;
    hear("error ");
    for (int i = 0; i < 10000; i++)
        hear("x");
    hear("\n");
    assert_true(strlen(control.failure) < sizeof(control.failure));
    hear("started\n");
}

static void random_bytes_do_no_harm(void **state)
{
    char bytes[64];

    (void)state;
    srandom(1);
    for (int i = 0; i < 20000; i++) {
        for (size_t k = 0; k < sizeof(bytes); k++)
            bytes[k] = (char)random();
        control_receive(&control, bytes, (size_t)random() % sizeof(bytes));
    }
}

static void signals_are_lines_and_never_block(void **state)
{
    char buffer[16] = "";

    (void)state;
    control_signal(&control, 15);
    assert_int_equal(read(control.to_guest[0], buffer, sizeof(buffer) - 1),
                     strlen("signal 15\n"));
    assert_string_equal(buffer, "signal 15\n");
    for (int i = 0; i < 100000; i++)
        control_signal(&control, 15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_first_error_stands, create,
                                        release),
        cmocka_unit_test_setup_teardown(lines_may_come_in_pieces, create,
                                        release),
        cmocka_unit_test_setup_teardown(an_unfinished_line_says_nothing_yet,
                                        create, release),
        cmocka_unit_test_setup_teardown(an_endless_line_is_cut, create,
                                        release),
        cmocka_unit_test_setup_teardown(random_bytes_do_no_harm, create,
                                        release),
        cmocka_unit_test_setup_teardown(signals_are_lines_and_never_block,
                                        create, release),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
