/* The UART as a driver sees it, and what it keeps for reports. */
#include "vmm/serial.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cmocka.h>

static struct serial serial;
static int pipe_ends[2];

static int create(void **state)
{
    struct error error = {0};

    (void)state;
    return pipe2(pipe_ends, O_NONBLOCK) ||
           serial_create(&serial, 0x3f8, pipe_ends[1], &error);
}

static int release(void **state)
{
    (void)state;
    serial_release(&serial);
    close(pipe_ends[0]);
    close(pipe_ends[1]);
    return 0;
}

static uint8_t get(uint64_t offset)
{
    uint8_t byte;

    serial.device.read(&serial.device, offset, &byte, 1);
    return byte;
}

static void set(uint64_t offset, uint8_t byte)
{
    serial.device.write(&serial.device, offset, &byte, 1);
}

static void say(const char *text)
{
    for (; *text != '\0'; text++)
        set(0, (uint8_t)*text);
}

static bool interrupted(void)
{
    eventfd_t count;

    return eventfd_read(serial.interrupt_fd, &count) == 0;
}

static void what_is_written_comes_out(void **state)
{
    char buffer[16] = "";

    (void)state;
    say("hello");
    assert_int_equal(read(pipe_ends[0], buffer, sizeof(buffer)), 5);
    assert_string_equal(buffer, "hello");
    assert_int_equal(get(5) & 0x60, 0x60);
}

static void the_divisor_is_no_data(void **state)
{
    char buffer[4];

    (void)state;
    set(3, 0x83);
    set(0, 0x0c);
    set(1, 0x01);
    assert_int_equal(get(0), 0x0c);
    assert_int_equal(get(1), 0x01);
    set(3, 0x03);
    assert_int_equal(get(1), 0);
    assert_int_equal(read(pipe_ends[0], buffer, sizeof(buffer)), -1);
}

static void an_empty_transmitter_interrupts_who_asked(void **state)
{
    (void)state;
    say("a");
    assert_false(interrupted());
    set(1, 2);
    assert_true(interrupted());
    assert_int_equal(get(2) & 0x0f, 2);
    assert_int_equal(get(2) & 0x0f, 1);
    say("b");
    assert_true(interrupted());
}

static void loopback_sends_nothing(void **state)
{
    char buffer[4];

    (void)state;
    set(4, 0x10);
    say("x");
    assert_int_equal(read(pipe_ends[0], buffer, sizeof(buffer)), -1);
}

static void of_a_panic_its_reason_is_told(void **state)
{
    char tail[200];

    (void)state;
    say("before\n[ 1.2] Kernel panic - not syncing: no init\n");
    for (int i = 0; i < 30; i++)
        say("[ 1.2]  some_function+0x1/0x2\n");
    serial_tail(&serial, tail, sizeof(tail));
    assert_int_equal(
        strncmp(tail, "Kernel panic - not syncing: no init | ", 38), 0);
}

static void the_last_lines_are_kept(void **state)
{
    char tail[200];

    (void)state;
    serial_tail(&serial, tail, sizeof(tail));
    assert_string_equal(tail, "");
    say("1\r\n2\r\n3\r\n4\r\n5\r\n6\r\n");
    serial_tail(&serial, tail, sizeof(tail));
    assert_string_equal(tail, "3 | 4 | 5 | 6");
    for (int i = 0; i < 1000; i++)
        say("a line of some length\n");
    say("\x1b[31mlast");
    serial_tail(&serial, tail, sizeof(tail));
    assert_non_null(strstr(tail, "[31mlast"));
    serial_tail(&serial, tail, 10);
    assert_true(strlen(tail) < 10);
}

static void random_access_does_no_harm(void **state)
{
    uint64_t data;

    (void)state;
    srandom(9);
    for (int i = 0; i < 100000; i++) {
        unsigned int size = 1u << random() % 4;
        uint64_t offset = (uint64_t)random() % (8 - size + 1);

        data = (uint64_t)random();
        if (random() % 2)
            serial.device.read(&serial.device, offset, &data, size);
        else
            serial.device.write(&serial.device, offset, &data, size);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_written_comes_out, create,
                                        release),
        cmocka_unit_test_setup_teardown(the_divisor_is_no_data, create,
                                        release),
        cmocka_unit_test_setup_teardown(
            an_empty_transmitter_interrupts_who_asked, create, release),
        cmocka_unit_test_setup_teardown(loopback_sends_nothing, create,
                                        release),
        cmocka_unit_test_setup_teardown(of_a_panic_its_reason_is_told, create,
                                        release),
        cmocka_unit_test_setup_teardown(the_last_lines_are_kept, create,
                                        release),
        cmocka_unit_test_setup_teardown(random_access_does_no_harm, create,
                                        release),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
