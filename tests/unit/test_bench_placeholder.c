/* Placeholders in commands. */
#include "bench/placeholder.h"
#include "bench/words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static char *const arguments[] = {"one", "two three", NULL};
static const struct placeholders values = {
    .bundle = "/b",
    .id = "i",
    .rootfs = "/r",
    .program = "/p",
    .inner = "/n",
    .state = "/s",
    .bin = "/bin",
    .prepared = "/state/prepared-0",
    .arguments = arguments,
};

static void each_is_filled_in(void **state)
{
    char *const command[] = {"{program}", "--x={bundle}/{id}",
                             "{rootfs}",  "{inner}{state}",
                             "{bin}",     "{args}",
                             "end",       NULL};
    static const char *const expected[] = {
        "/p", "--x=/b/i", "/r", "/n/s", "/bin", "one", "two three", "end"};
    _cleanup_words_ char **expanded = placeholders_expand(command, &values);

    (void)state;
    assert_non_null(expanded);
    assert_int_equal(words_count(expanded), 8);
    for (size_t i = 0; i < 8; i++)
        assert_string_equal(expanded[i], expected[i]);
}

static void args_may_be_none(void **state)
{
    char *const none[] = {NULL};
    char *const command[] = {"x", "{args}", NULL};
    struct placeholders empty = values;
    _cleanup_words_ char **expanded = NULL;

    (void)state;
    empty.arguments = none;
    expanded = placeholders_expand(command, &empty);
    assert_int_equal(words_count(expanded), 1);
}

static void what_is_filled_in_is_not_read_again(void **state)
{
    char *const command[] = {"{id}", NULL};
    struct placeholders tricky = values;
    _cleanup_words_ char **expanded = NULL;

    (void)state;
    tricky.id = "{bundle}";
    expanded = placeholders_expand(command, &tricky);
    assert_string_equal(expanded[0], "{bundle}");
}

static void anything_else_in_braces_is_refused(void **state)
{
    static char *const wrong[] = {"{",     "}",   "{}",      "{ID}",
                                  "{id",   "id}", "x{args}", "{args}{args}",
                                  "{{id}}"};

    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        char *const command[] = {wrong[i], NULL};
        struct error error = {0};

        assert_int_equal(placeholders_check(command, PLACEHOLDERS_RUN, &error),
                         -EINVAL);
    }
}

/* What does not exist yet when a command runs cannot be filled in. */
static void each_scope_has_its_own(void **state)
{
    static const struct {
        char *argument;
        enum placeholder_scope scope;
    } first[] = {
        {"{bin}", PLACEHOLDERS_PROBE},   {"{here}", PLACEHOLDERS_PROBE},
        {"{state}", PLACEHOLDERS_ENTER}, {"{bundle}", PLACEHOLDERS_RUN},
        {"{cgroup}", PLACEHOLDERS_RUN},  {"{memory}", PLACEHOLDERS_RUN},
        {"{args}", PLACEHOLDERS_RUN},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(first) / sizeof(first[0]); i++) {
        char *const command[] = {first[i].argument, NULL};

        for (int scope = 0; scope <= PLACEHOLDERS_RUN; scope++) {
            struct error error = {0};
            int expected = (int)first[i].scope <= scope ? 0 : -EINVAL;

            assert_int_equal(placeholders_check(command,
                                                (enum placeholder_scope)scope,
                                                &error),
                             expected);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_is_filled_in),
        cmocka_unit_test(args_may_be_none),
        cmocka_unit_test(what_is_filled_in_is_not_read_again),
        cmocka_unit_test(anything_else_in_braces_is_refused),
        cmocka_unit_test(each_scope_has_its_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
