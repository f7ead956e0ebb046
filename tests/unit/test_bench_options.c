/* Profiles, programs of the user's own, and times for people. */
#include "bench/clock.h"
#include "bench/measure_options.h"
#include "bench/progress.h"
#include "bench/statistics.h"
#include "bench/workload.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <string.h>

static void profiles_measure_enough_for_an_interval(void **state)
{
    (void)state;
    assert_non_null(profile_find("smoke"));
    assert_non_null(profile_find("quick"));
    assert_non_null(profile_find("full"));
    assert_null(profile_find("none"));
    for (size_t i = 0; profiles[i].name != NULL; i++)
        assert_true(profiles[i].minimum_blocks >= STATISTICS_MINIMUM);
}

static void an_own_program_keeps_its_arguments(void **state)
{
    char *const argv[] = {"/tmp/my prog.v2", "--x", "a b", NULL};
    struct workload_list list;
    struct error error = {0};

    (void)state;
    assert_int_equal(workload_list_own(argv, &list, &error), 0);
    assert_int_equal(list.count, 1);
    assert_string_equal(list.items[0].name, "my_prog.v2");
    assert_string_equal(list.items[0].title, "/tmp/my prog.v2 --x a b");
    assert_string_equal(list.items[0].arguments[1], "a b");
    assert_string_equal(list.items[0].group->name, "own");
    assert_null(list.items[0].group->primary);
    workload_list_release(&list);
}

static void time_left_is_told_in_words(void **state)
{
    char text[32];

    (void)state;
    progress_text(-1, text, sizeof(text));
    assert_string_equal(text, "?");
    progress_text(1400 * NS_PER_MS, text, sizeof(text));
    assert_string_equal(text, "1 s");
    progress_text(125 * NS_PER_SECOND, text, sizeof(text));
    assert_string_equal(text, "2 min 5 s");
}

static void time_left_follows_the_pace(void **state)
{
    struct progress progress = {.started_at = 0, .total = 10, .done = 4};

    (void)state;
    assert_int_equal(progress_left_ns(&progress, 8 * NS_PER_SECOND),
                     12 * NS_PER_SECOND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(profiles_measure_enough_for_an_interval),
        cmocka_unit_test(an_own_program_keeps_its_arguments),
        cmocka_unit_test(time_left_is_told_in_words),
        cmocka_unit_test(time_left_follows_the_pace),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
