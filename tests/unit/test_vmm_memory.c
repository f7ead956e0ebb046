/* Guest memory: nothing outside it can be reached, whatever the numbers. */
#include "vmm/memory.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { SIZE = 4 << 20 };

static struct guest_memory memory;

static int create(void **state)
{
    struct error error = {0};

    (void)state;
    return guest_memory_create(&memory, SIZE, &error);
}

static int release(void **state)
{
    (void)state;
    guest_memory_release(&memory);
    return 0;
}

static void memory_is_aligned_zero_and_rounded_up(void **state)
{
    struct guest_memory odd = {0};
    struct error error = {0};

    (void)state;
    assert_int_equal(guest_memory_create(&odd, 1, &error), 0);
    assert_int_equal(odd.size, 2 << 20);
    assert_int_equal((uintptr_t)odd.host % (2 << 20), 0);
    assert_int_equal(odd.host[0], 0);
    assert_int_equal(odd.host[odd.size - 1], 0);
    guest_memory_release(&odd);
    assert_null(odd.host);
}

static void impossible_sizes_are_refused(void **state)
{
    struct guest_memory huge = {0};
    struct error error = {0};

    (void)state;
    assert_int_equal(guest_memory_create(&huge, UINT64_MAX, &error), -ENOMEM);
    assert_int_equal(guest_memory_create(&huge, 1ull << 62, &error), -ENOMEM);
    assert_true(strlen(error.text) > 0);
}

static void slices_end_at_the_edge(void **state)
{
    static const struct {
        uint64_t address, length;
        int inside;
    } cases[] = {
        {0, SIZE, 1},           {SIZE, 0, 1},
        {SIZE - 1, 1, 1},       {0, SIZE + 1ull, 0},
        {SIZE, 1, 0},           {SIZE - 1, 2, 0},
        {SIZE + 1ull, 0, 0},    {UINT64_MAX, 1, 0},
        {1, UINT64_MAX, 0},     {UINT64_MAX, UINT64_MAX, 0},
        {UINT64_MAX - 1, 4, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct guest_addr address = {cases[i].address};
        void *slice = guest_memory_slice(&memory, address, cases[i].length);

        assert_int_equal(slice != NULL, cases[i].inside);
        if (cases[i].inside)
            assert_ptr_equal(slice, memory.host + cases[i].address);
    }
}

static void copies_outside_do_nothing(void **state)
{
    char buffer[4] = "abc";

    (void)state;
    assert_int_equal(guest_memory_write(&memory, (struct guest_addr){SIZE - 3},
                                        buffer, sizeof(buffer)),
                     -EFAULT);
    assert_int_equal(memory.host[SIZE - 3], 0);
    assert_int_equal(guest_memory_read(&memory, (struct guest_addr){SIZE - 3},
                                       buffer, sizeof(buffer)),
                     -EFAULT);
    assert_string_equal(buffer, "abc");
    assert_int_equal(guest_memory_write(&memory, (struct guest_addr){SIZE - 4},
                                        buffer, sizeof(buffer)),
                     0);
    assert_string_equal(memory.host + SIZE - 4, "abc");
}

/* More than fits below the gap goes on from 4 GiB. */
static void memory_leaves_a_gap_to_devices(void **state)
{
    const uint64_t low = GUEST_MEMORY_GAP, high = GUEST_MEMORY_HIGH;
    struct guest_memory large = {0};
    struct error error = {0};

    (void)state;
    assert_int_equal(guest_memory_create(&large, low + (4 << 20), &error), 0);
    guest_memory_leave_gap(&large);
    assert_ptr_equal(
        guest_memory_slice(&large, (struct guest_addr){low - 1}, 1),
        large.host + low - 1);
    assert_null(guest_memory_slice(&large, (struct guest_addr){low - 1}, 2));
    assert_null(guest_memory_slice(&large, (struct guest_addr){low + 1}, 1));
    assert_null(guest_memory_slice(&large, (struct guest_addr){high - 1}, 1));
    assert_ptr_equal(guest_memory_slice(&large, (struct guest_addr){high}, 1),
                     large.host + low);
    assert_non_null(
        guest_memory_slice(&large, (struct guest_addr){high}, 4 << 20));
    assert_null(
        guest_memory_slice(&large, (struct guest_addr){high}, (4 << 20) + 1));
    assert_null(guest_memory_slice(&large, (struct guest_addr){UINT64_MAX}, 1));
    guest_memory_release(&large);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_aligned_zero_and_rounded_up),
        cmocka_unit_test(impossible_sizes_are_refused),
        cmocka_unit_test(memory_leaves_a_gap_to_devices),
        cmocka_unit_test_setup_teardown(slices_end_at_the_edge, create,
                                        release),
        cmocka_unit_test_setup_teardown(copies_outside_do_nothing, create,
                                        release),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
