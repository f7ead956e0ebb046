/*
 * What the workloads compute, against values from an independent computation
 * (Python, whose integers do not wrap and whose floats are IEEE doubles).
 */
#include "guests/workloads/mixes.h"
#include "guests/workloads/random.h"
#include "guests/workloads/walk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

enum {
    ROUNDS = 100000,
};

static void the_integer_mix_comes_to_the_known_numbers(void **state)
{
    struct integer_mix mix = integer_mix_start;

    (void)state;
    integer_mix_run(&mix, ROUNDS);
    assert_true(mix.a == 0x6cfc9548ff6cbfa1u);
    assert_true(mix.b == 0xd2c19e19336c39cau);
    assert_true(mix.c == 0x5b89f2e2075a813bu);
}

static void the_float_mix_is_right_to_the_last_bit(void **state)
{
    struct float_mix mix = float_mix_start;

    (void)state;
    float_mix_run(&mix, ROUNDS);
    assert_true(mix.u == 0x1.a4b626e55786bp-5);
    assert_true(mix.v == 0x1.5b367fd71f04bp-2);
    assert_true(mix.w == 0x1.e0cae7fc5ce90p-1);
}

static void rounds_add_up_however_they_are_divided(void **state)
{
    struct integer_mix whole = integer_mix_start, parts = integer_mix_start;

    (void)state;
    integer_mix_run(&whole, 1000);
    integer_mix_run(&parts, 1);
    integer_mix_run(&parts, 0);
    integer_mix_run(&parts, 999);
    assert_memory_equal(&whole, &parts, sizeof(whole));
}

/* Published test values of SplitMix64 for seed 1234567. */
static void random_numbers_are_those_of_splitmix64(void **state)
{
    uint64_t seed = 1234567;

    (void)state;
    assert_true(random_next(&seed) == 6457827717110365317u);
    assert_true(random_next(&seed) == 3203168211198807973u);
    assert_true(random_next(&seed) == 9817491932198370423u);
}

static void random_numbers_stay_below_their_bound(void **state)
{
    uint64_t seed = 0;
    int seen[3] = {0};

    (void)state;
    for (int i = 0; i < 1000; i++) {
        assert_true(random_below(&seed, 1) == 0);
        assert_true(random_below(&seed, (uint64_t)1 << 32) <= UINT32_MAX);
        seen[random_below(&seed, 3)]++;
    }
    for (int i = 0; i < 3; i++)
        assert_in_range(seen[i], 250, 420);
}

static void assert_one_cycle(size_t count, uint64_t seed)
{
    struct line *lines = calloc(count, sizeof(*lines)), *position = lines;

    assert_non_null(lines);
    walk_link(lines, count, seed);
    for (size_t step = 1; step < count; step++) {
        position = position->next;
        assert_true(position > lines && position < lines + count);
    }
    /* Back at the start after all of them, and never before. */
    assert_ptr_equal(position->next, lines);
    free(lines);
}

static void the_walk_is_one_cycle_through_all_lines(void **state)
{
    (void)state;
    for (size_t count = 1; count <= 64; count++)
        for (uint64_t seed = 0; seed < 20; seed++)
            assert_one_cycle(count, seed);
    assert_one_cycle(100003, 1);
}

static void following_the_walk_counts_its_steps(void **state)
{
    struct line lines[61], *position = lines;

    (void)state;
    walk_link(lines, 61, 5);
    for (int i = 0; i < 24; i++)
        position = position->next;
    assert_ptr_equal(walk_follow(lines, 24), position);
    assert_ptr_equal(walk_follow(lines, 0), lines);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_integer_mix_comes_to_the_known_numbers),
        cmocka_unit_test(the_float_mix_is_right_to_the_last_bit),
        cmocka_unit_test(rounds_add_up_however_they_are_divided),
        cmocka_unit_test(random_numbers_are_those_of_splitmix64),
        cmocka_unit_test(random_numbers_stay_below_their_bound),
        cmocka_unit_test(the_walk_is_one_cycle_through_all_lines),
        cmocka_unit_test(following_the_walk_counts_its_steps),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
