/* What a guest may do with the terminal that it was started in. */
#include "guests/unikernel/hypercall.h"
#include "vmm/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <cmocka.h>

enum { SIZE = 8 << 20, AT = 0x2000, KERNEL_TERMIOS = 36 };

static struct guest_memory memory;
static int master, kept_input;

/* A terminal in the place of stdin. */
static int open_terminal(void **state)
{
    struct error error = {0};
    int slave;

    (void)state;
    master = posix_openpt(O_RDWR | O_NOCTTY);
    if (master < 0 || grantpt(master) < 0 || unlockpt(master) < 0)
        return -1;
    slave = open(ptsname(master), O_RDWR | O_NOCTTY);
    kept_input = dup(STDIN_FILENO);
    dup2(slave, STDIN_FILENO);
    close(slave);
    return guest_memory_create(&memory, SIZE, &error);
}

static int close_terminal(void **state)
{
    (void)state;
    dup2(kept_input, STDIN_FILENO);
    close(kept_input);
    close(master);
    guest_memory_release(&memory);
    return 0;
}

static int64_t control(uint64_t stream, uint64_t request, uint64_t address,
                       uint64_t length)
{
    const struct hypercall_terminal call = {
        .stream = stream,
        .request = request,
        .address = address,
        .length = length,
    };

    return terminal_serve(&memory, &call);
}

static void size_and_attributes_can_be_read(void **state)
{
    const struct winsize set = {.ws_row = 12, .ws_col = 34};
    struct winsize got;

    (void)state;
    ioctl(STDIN_FILENO, TIOCSWINSZ, &set);
    assert_int_equal(control(0, TIOCGWINSZ, AT, sizeof(got)), 0);
    guest_memory_read(&memory, (struct guest_addr){AT}, &got, sizeof(got));
    assert_int_equal(got.ws_row, 12);
    assert_int_equal(got.ws_col, 34);
    assert_int_equal(control(0, TCGETS, AT, KERNEL_TERMIOS), 0);
}

static void attributes_are_put_back(void **state)
{
    static const char zeros[KERNEL_TERMIOS];
    struct termios before, during, after;

    (void)state;
    tcgetattr(STDIN_FILENO, &before);
    guest_memory_write(&memory, (struct guest_addr){AT}, zeros, sizeof(zeros));
    assert_int_equal(control(0, TCSETS, AT, KERNEL_TERMIOS), 0);
    tcgetattr(STDIN_FILENO, &during);
    assert_int_not_equal(before.c_lflag, during.c_lflag);
    terminal_restore();
    tcgetattr(STDIN_FILENO, &after);
    assert_int_equal(before.c_lflag, after.c_lflag);
    assert_int_equal(before.c_iflag, after.c_iflag);
    assert_memory_equal(before.c_cc, after.c_cc, sizeof(before.c_cc));
}

static void nothing_else_is_allowed(void **state)
{
    static const uint64_t requests[] = {TIOCSTI,   TIOCSWINSZ, TIOCCONS,
                                        TIOCSCTTY, TIOCSPGRP,  FIONBIO,
                                        0,         UINT64_MAX};

    (void)state;
    for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++)
        assert_int_equal(control(0, requests[i], AT, 8), -ENOTTY);
    assert_int_equal(control(3, TCGETS, AT, KERNEL_TERMIOS), -ENOTTY);
    assert_int_equal(control(UINT64_MAX, TCGETS, AT, KERNEL_TERMIOS), -ENOTTY);
}

static void ranges_are_checked(void **state)
{
    (void)state;
    assert_int_equal(control(0, TCGETS, SIZE, KERNEL_TERMIOS), -EFAULT);
    assert_int_equal(control(0, TCGETS, SIZE - 35, KERNEL_TERMIOS), -EFAULT);
    assert_int_equal(control(0, TCGETS, UINT64_MAX, KERNEL_TERMIOS), -EFAULT);
    assert_int_equal(control(0, TCGETS, AT, KERNEL_TERMIOS - 1), -EINVAL);
    assert_int_equal(control(0, TCGETS, AT, UINT64_MAX), -EINVAL);
    assert_int_equal(control(0, TIOCGWINSZ, AT, KERNEL_TERMIOS), -EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(size_and_attributes_can_be_read),
        cmocka_unit_test(attributes_are_put_back),
        cmocka_unit_test(nothing_else_is_allowed),
        cmocka_unit_test(ranges_are_checked),
    };

    return cmocka_run_group_tests(tests, open_terminal, close_terminal);
}
