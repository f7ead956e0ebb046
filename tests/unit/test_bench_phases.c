/* Phases that a platform tells over the descriptor of {phases}. */
#include "bench/phases.h"

#include "bench/clock.h"
#include "bench/watch.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char *wanted[] = {(char *)"runtime", (char *)"--phases={phases}", NULL};
static struct phases phases;
static struct records records;
static struct error error;

static int begin(void **state)
{
    (void)state;
    records = (struct records){0};
    return phases_open(wanted, &phases, &error);
}

static int end(void **state)
{
    (void)state;
    phases_close(&phases);
    return 0;
}

static void tell(const char *text)
{
    assert_int_equal(write(phases.to_write, text, strlen(text)), strlen(text));
    phases_collect(&phases, &records);
}

static void each_phase_is_a_metric_in_nanoseconds(void **state)
{
    (void)state;
    tell("ringside phase boot 12.5\nringside phase ready 100\n");
    assert_int_equal(records.metric_count, 2);
    assert_string_equal(records.metrics[0].name, "phase_boot");
    assert_string_equal(records.metrics[0].unit, "ns");
    assert_true(records.metrics[0].value == 12500);
    assert_string_equal(records.metrics[1].name, "phase_ready");
    assert_string_equal(records.malformed, "");
}

static void nothing_told_is_fine(void **state)
{
    (void)state;
    phases_collect(&phases, &records);
    assert_int_equal(records.metric_count, 0);
    assert_string_equal(records.malformed, "");
}

static void what_is_no_phase_is_malformed(void **state)
{
    static const char *const lines[] = {
        "hello",
        "ringside phase",
        "ringside phase boot",
        "ringside phase boot soon",
        "ringside phase boot 1 2",
        "ringside phase boot -1",
        "ringside phase boot nan",
        "ringside phase boot inf",
        "ringside phase bo/ot 1",
        "ringside phase a_name_that_is_longer_than_any_phase_should_have_it 1",
        "ringside phase twice 1\nringside phase twice 2",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        records = (struct records){0};
        tell(lines[i]);
        if (records.malformed[0] == '\0')
            fail_msg("accepted: %s", lines[i]);
    }
}

static void more_phases_than_metrics_is_malformed(void **state)
{
    (void)state;
    for (int i = 0; i <= RESULT_MAX_METRICS; i++)
        dprintf(phases.to_write, "ringside phase p%d %d\n", i, i);
    phases_collect(&phases, &records);
    assert_int_equal(records.metric_count, RESULT_MAX_METRICS);
    assert_string_not_equal(records.malformed, "");
}

static void who_does_not_ask_gets_no_descriptor(void **state)
{
    char *command[] = {(char *)"runtime", (char *)"{id}", NULL};
    struct phases none;

    (void)state;
    assert_int_equal(phases_open(command, &none, &error), 0);
    assert_int_equal(none.to_write, -1);
    phases_collect(&none, &records);
    assert_int_equal(records.metric_count, 0);
}

/* As the harness starts a platform: number 3 leads to the pipe. */
static void a_command_finds_it_as_descriptor_3(void **state)
{
    char *const command[] = {(char *)"/bin/sh", (char *)"-c",
                             (char *)"echo ringside phase shell 7 >&3", NULL};
    const struct spawn_request request = {.arguments = command,
                                          .directory = "/",
                                          .mount_namespace = -1,
                                          .extra = phases.to_write};
    struct spawned spawned;

    (void)state;
    assert_int_equal(spawn(&request, &spawned, &error), 0);
    assert_int_equal(waitpid(spawned.pid, NULL, 0), spawned.pid);
    spawned_close(&spawned);
    phases_collect(&phases, &records);
    assert_int_equal(records.metric_count, 1);
    assert_true(records.metrics[0].value == 7000);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_phase_is_a_metric_in_nanoseconds),
        TEST(nothing_told_is_fine),
        TEST(what_is_no_phase_is_malformed),
        TEST(more_phases_than_metrics_is_malformed),
        TEST(who_does_not_ask_gets_no_descriptor),
        TEST(a_command_finds_it_as_descriptor_3),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
