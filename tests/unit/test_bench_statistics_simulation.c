/*
 * What the statistics do in the long run: every row of the simulation's table
 * keeps to its bounds, and a row whose truth is another does not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bench/simulation.h"

#include <string.h>

static void every_rate_is_within_its_bounds(void **state)
{
    (void)state;
    for (size_t i = 0; i < simulation_check_count; i++) {
        const struct simulation_check *check = &simulation_checks[i];
        double rate;

        assert_int_equal(simulation_rate(check, SIMULATION_FEWEST, &rate), 0);
        if (!simulation_holds(check, rate))
            fail_msg("%s, n = %zu: %.4f, expected %g to %g", check->what,
                     check->n, rate, check->at_least, check->at_most);
    }
}

static const struct simulation_check *find(const char *what)
{
    for (size_t i = 0; i < simulation_check_count; i++)
        if (strcmp(simulation_checks[i].what, what) == 0)
            return &simulation_checks[i];
    fail_msg("no such check: %s", what);
    return NULL;
}

/* The bounds can be broken: another truth than the bounds are for. */
static void a_rate_out_of_bounds_is_noticed(void **state)
{
    struct simulation_check different =
        *find("A/A called different, no control");
    struct simulation_check found = *find("20 % slower is found");
    double rate;

    (void)state;
    different.n = 20;
    different.truth = 1.1;
    assert_int_equal(simulation_rate(&different, SIMULATION_FEWEST, &rate), 0);
    assert_false(simulation_holds(&different, rate));
    found.truth = 1.02;
    assert_int_equal(simulation_rate(&found, SIMULATION_FEWEST, &rate), 0);
    assert_false(simulation_holds(&found, rate));
}

static void rates_are_the_same_each_time(void **state)
{
    double first, second;

    (void)state;
    assert_int_equal(
        simulation_rate(&simulation_checks[0], SIMULATION_FEWEST, &first), 0);
    assert_int_equal(
        simulation_rate(&simulation_checks[0], SIMULATION_FEWEST, &second), 0);
    assert_true(first == second);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_rate_is_within_its_bounds),
        cmocka_unit_test(a_rate_out_of_bounds_is_noticed),
        cmocka_unit_test(rates_are_the_same_each_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
