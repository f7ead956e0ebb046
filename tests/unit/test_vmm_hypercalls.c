/*
 * Hypercalls from a guest that lies: addresses and lengths of every kind, and
 * whatever else fits the structure. No VM is needed: the handlers see memory.
 */
#include "guests/unikernel/hypercall.h"
#include "guests/unikernel/layout.h"
#include "vmm/hypercalls.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { SIZE = 8 << 20, AT = 0x20000 };

static struct unikernel guest;
static const struct bundle bundle = {.rootfs = (char *)"/nonexistent"};

static int create(void **state)
{
    struct error error = {0};

    (void)state;
    guest = UNIKERNEL_NONE;
    guest.bundle = &bundle;
    return guest_memory_create(&guest.memory, SIZE, &error);
}

static int release(void **state)
{
    (void)state;
    guest_memory_release(&guest.memory);
    return 0;
}

static int64_t call(unsigned int number, const void *structure, size_t size)
{
    int64_t result;

    guest_memory_write(&guest.memory, (struct guest_addr){AT}, structure, size);
    assert_int_equal(hypercall_serve(&guest, number, (struct guest_addr){AT}),
                     0);
    guest_memory_read(&guest.memory, (struct guest_addr){AT}, &result,
                      sizeof(result));
    return result;
}

static void structures_outside_or_unaligned_break_the_protocol(void **state)
{
    (void)state;
    for (unsigned int number = 0; number < HYPERCALL_COUNT; number++) {
        assert_int_equal(
            hypercall_serve(&guest, number, (struct guest_addr){SIZE}),
            -EFAULT);
        /* All others have more than a result. */
        if (number != HYPERCALL_ATTACH_ROOT && number != HYPERCALL_ADD_MEMORY)
            assert_int_equal(
                hypercall_serve(&guest, number, (struct guest_addr){SIZE - 8}),
                -EFAULT);
        assert_int_equal(
            hypercall_serve(&guest, number, (struct guest_addr){AT + 1}),
            -EINVAL);
        assert_int_equal(hypercall_serve(&guest, number,
                                         (struct guest_addr){UINT64_MAX - 7}),
                         -EFAULT);
    }
    assert_false(guest.end.ended);
}

static void a_root_file_system_that_cannot_be_read_is_told(void **state)
{
    const struct hypercall_attach_root structure = {0};

    (void)state;
    assert_int_equal(call(HYPERCALL_ATTACH_ROOT, &structure, sizeof(structure)),
                     -ENOENT);
    assert_string_equal(guest.failure.text, "/nonexistent: no directory");
}

static void unknown_numbers_break_the_protocol(void **state)
{
    (void)state;
    assert_int_equal(
        hypercall_serve(&guest, HYPERCALL_COUNT, (struct guest_addr){AT}),
        -EINVAL);
    assert_int_equal(
        hypercall_serve(&guest, 0xffffffff, (struct guest_addr){AT}), -EINVAL);
}

static void console_ranges_are_checked(void **state)
{
    static const struct hypercall_console cases[] = {
        {.address = SIZE, .length = 1, .stream = 1},
        {.address = SIZE - 4, .length = 5, .stream = 1},
        {.address = 0, .length = HYPERCALL_CONSOLE_MAX + 1, .stream = 1},
        {.address = UINT64_MAX, .length = 2, .stream = 2},
        {.address = 1, .length = UINT64_MAX, .stream = 2},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(
            call(HYPERCALL_CONSOLE_WRITE, &cases[i], sizeof(cases[i])),
            -EFAULT);
        assert_int_equal(
            call(HYPERCALL_CONSOLE_READ, &cases[i], sizeof(cases[i])), -EFAULT);
    }
}

static void only_the_standard_streams_can_be_written(void **state)
{
    static const uint64_t streams[] = {0,   3,          4,
                                       100, UINT64_MAX, 1ull << 32 | 1};

    (void)state;
    for (size_t i = 0; i < sizeof(streams) / sizeof(streams[0]); i++) {
        const struct hypercall_console console = {
            .address = AT, .length = 1, .stream = streams[i]};

        assert_int_equal(
            call(HYPERCALL_CONSOLE_WRITE, &console, sizeof(console)), -EBADF);
    }
}

static void written_bytes_reach_the_stream(void **state)
{
    const struct hypercall_console console = {
        .address = 0x1000, .length = 5, .stream = 1};
    int saved = dup(STDOUT_FILENO), ends[2];
    char buffer[8] = "";

    (void)state;
    guest_memory_write(&guest.memory, (struct guest_addr){0x1000}, "hello", 5);
    assert_int_equal(pipe(ends), 0);
    dup2(ends[1], STDOUT_FILENO);
    assert_int_equal(call(HYPERCALL_CONSOLE_WRITE, &console, sizeof(console)),
                     5);
    dup2(saved, STDOUT_FILENO);
    assert_int_equal(read(ends[0], buffer, sizeof(buffer)), 5);
    assert_memory_equal(buffer, "hello", 5);
    close(ends[0]);
    close(ends[1]);
    close(saved);
}

static void discarding_is_confined_to_the_window(void **state)
{
    static const struct {
        uint64_t address, length;
        int64_t result;
    } cases[] = {
        {WINDOW_PHYSICAL, PAGE_SIZE, 0},
        {0, PAGE_SIZE, -EFAULT},
        {WINDOW_PHYSICAL - PAGE_SIZE, 2 * PAGE_SIZE, -EFAULT},
        {WINDOW_PHYSICAL + 1, PAGE_SIZE, -EINVAL},
        {WINDOW_PHYSICAL, 100, -EINVAL},
        {SIZE - PAGE_SIZE, 2 * PAGE_SIZE, -EFAULT},
        {WINDOW_PHYSICAL, UINT64_MAX - PAGE_SIZE + 1, -EFAULT},
    };

    (void)state;
    guest.memory.host[WINDOW_PHYSICAL] = 1;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct hypercall_discard discard = {.address = cases[i].address,
                                                  .length = cases[i].length};

        assert_int_equal(call(HYPERCALL_DISCARD, &discard, sizeof(discard)),
                         cases[i].result);
    }
    assert_int_equal(guest.memory.host[WINDOW_PHYSICAL], 0);
}

static void exit_statuses_are_those_of_a_shell(void **state)
{
    static const struct {
        struct hypercall_exit exit;
        int status;
    } cases[] = {
        {{.status = 0}, 0},
        {{.status = 77}, 77},
        {{.status = 0x1ff}, 0xff},
        {{.signal = SIGABRT}, 128 + SIGABRT},
        {{.signal = 64}, 128 + 64},
        {{.signal = 65, .status = 3}, 3},
        {{.signal = 0xffffffff, .status = 4}, 4},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        guest.end = (struct guest_end){0};
        call(HYPERCALL_EXIT, &cases[i].exit, sizeof(cases[i].exit));
        assert_true(guest.end.ended);
        assert_int_equal(guest.end.exit_status, cases[i].status);
    }
}

static void faults_become_the_signals_of_linux(void **state)
{
    static const struct {
        uint64_t vector;
        int signal;
    } cases[] = {
        {0, SIGFPE},   {3, SIGTRAP},  {6, SIGILL},           {13, SIGSEGV},
        {14, SIGSEGV}, {16, SIGFPE},  {17, SIGBUS},          {19, SIGFPE},
        {31, SIGSEGV}, {32, SIGSEGV}, {UINT64_MAX, SIGSEGV},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct hypercall_fault fault = {.vector = cases[i].vector};

        fault.code_length = UINT64_MAX;
        guest.end = (struct guest_end){0};
        call(HYPERCALL_FAULT, &fault, sizeof(fault));
        assert_int_equal(guest.end.exit_status, 128 + cases[i].signal);
        assert_true(strlen(guest.end.diagnostic.text) > 0);
    }
}

static void random_structures_do_no_harm(void **state)
{
    (void)state;
    srandom(3);
    for (int i = 0; i < 20000; i++) {
        unsigned int number = (unsigned int)random() % HYPERCALL_COUNT;
        struct guest_addr at = {(uint64_t)random() % (SIZE + 64)};
        uint64_t junk[64];

        if (number == HYPERCALL_POLL || number == HYPERCALL_CONSOLE_READ ||
            number == HYPERCALL_CONSOLE_WRITE)
            continue;
        for (size_t k = 0; k < sizeof(junk) / sizeof(junk[0]); k++)
            junk[k] = (uint64_t)random() << (random() % 34);
        guest_memory_write(&guest.memory, at, junk, sizeof(junk));
        hypercall_serve(&guest, number, at);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(structures_outside_or_unaligned_break_the_protocol),
        cmocka_unit_test(unknown_numbers_break_the_protocol),
        cmocka_unit_test(a_root_file_system_that_cannot_be_read_is_told),
        cmocka_unit_test(console_ranges_are_checked),
        cmocka_unit_test(only_the_standard_streams_can_be_written),
        cmocka_unit_test(written_bytes_reach_the_stream),
        cmocka_unit_test(discarding_is_confined_to_the_window),
        cmocka_unit_test(exit_statuses_are_those_of_a_shell),
        cmocka_unit_test(faults_become_the_signals_of_linux),
        cmocka_unit_test(random_structures_do_no_harm),
    };

    return cmocka_run_group_tests(tests, create, release);
}
