/* What the report takes out of a line of results.jsonl. */
#include "report/record_pick.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static char text[4096];

static bool pick(const char *line, struct picked_run *run)
{
    snprintf(text, sizeof(text), "%s", line);
    return record_pick(text, strlen(text), run);
}

static void check_run(const struct picked_run *run)
{
    assert_string_equal(run->type, "run");
    assert_string_equal(run->platform, "runc");
    assert_string_equal(run->workload, "noop");
    assert_int_equal(run->block, 7);
    assert_false(run->failed);
    assert_int_equal(run->flags, 2);
    assert_true(run->exit_ns == 12000000);
    assert_true(run->pss == 4096);
    assert_true(record_pick_metric(run, "time") == 2.5);
    assert_true(isnan(record_pick_metric(run, "steps")));
    assert_true(isnan(record_pick_metric(run, "none")));
}

/* The same run as the writer writes it, with space, and with an escape. */
static void every_form_gives_the_same(void **state)
{
    static const struct {
        const char *line;
        bool tree;
    } lines[] = {
        {"{\"type\":\"run\",\"block\":7,\"platform\":\"runc\","
         "\"workload\":\"noop\",\"exit_ns\":12000000,\"failure\":null,"
         "\"other\":{\"pss\":[1,{}]},\"flags\":[\"steal\",\"load\"],"
         "\"memory\":{\"uss\":1,\"pss\":4096},\"metrics\":"
         "{\"time\":{\"value\":2.5,\"unit\":\"ns\"},\"steps\":{}}}",
         false},
        {"{ \"type\": \"run\", \"block\": 7, \"platform\": \"runc\", "
         "\"workload\": \"noop\", \"exit_ns\": 12000000, "
         "\"flags\": [ \"steal\", \"load\" ], \"memory\": { \"pss\": 4096 }, "
         "\"metrics\": { \"time\": { \"value\": 2.5 } } }",
         false},
        {"{\"type\":\"run\",\"block\":7,\"platform\":\"ru\\u006ec\","
         "\"workload\":\"noop\",\"exit_ns\":1.2e7,\"flags\":[1,2],"
         "\"memory\":{\"pss\":4096},\"metrics\":{\"time\":{\"value\":2.5}}}",
         true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        struct picked_run run;

        assert_true(pick(lines[i].line, &run));
        assert_int_equal(run.tree != NULL, lines[i].tree);
        check_run(&run);
        record_pick_release(&run);
    }
}

static void what_is_missing_is_absent(void **state)
{
    struct picked_run run;

    (void)state;
    assert_true(pick("{}", &run));
    assert_null(run.type);
    assert_null(run.platform);
    assert_true(isnan(run.exit_ns) && isnan(run.pss));
    assert_false(run.failed);
    record_pick_release(&run);
    assert_true(pick("{\"failure\":\"exit status 1\",\"exit_ns\":null}", &run));
    assert_true(run.failed);
    assert_true(isnan(run.exit_ns));
    record_pick_release(&run);
}

static void the_last_of_two_counts(void **state)
{
    struct picked_run run;

    (void)state;
    assert_true(pick("{\"metrics\":{\"a\":{\"value\":1}},\"metrics\":"
                     "{\"b\":{\"value\":2},\"b\":{\"value\":3}}}",
                     &run));
    assert_true(isnan(record_pick_metric(&run, "a")));
    assert_true(record_pick_metric(&run, "b") == 3);
    record_pick_release(&run);
}

/* More metrics than a run may have are looked up in the whole of it. */
static void many_metrics_are_all_found(void **state)
{
    char line[4096];
    struct picked_run run;
    int length = snprintf(line, sizeof(line), "{\"metrics\":{");

    (void)state;
    for (int i = 0; i < 2 * PICKED_METRICS; i++)
        length += snprintf(line + length, sizeof(line) - (size_t)length,
                           "%s\"m%d\":{\"value\":%d}", i > 0 ? "," : "", i, i);
    snprintf(line + length, sizeof(line) - (size_t)length, "}}");
    assert_true(pick(line, &run));
    assert_true(record_pick_metric(&run, "m0") == 0);
    assert_true(record_pick_metric(&run, "m63") == 63);
    record_pick_release(&run);
}

static void what_is_no_json_is_refused(void **state)
{
    static const char *const lines[] = {
        "",
        "{",
        "{\"type\":\"run\"",
        "{\"type\":\"run\"}}",
        "{\"exit_ns\":1e999}",
        "{\"type\" \"run\"}",
        "\xff",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        struct picked_run run;

        assert_false(pick(lines[i], &run));
        record_pick_release(&run);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form_gives_the_same),
        cmocka_unit_test(what_is_missing_is_absent),
        cmocka_unit_test(the_last_of_two_counts),
        cmocka_unit_test(many_metrics_are_all_found),
        cmocka_unit_test(what_is_no_json_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
