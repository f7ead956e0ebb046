/* Starting commands under the clock and watching them to their end. */
#include "bench/clock.h"
#include "bench/command.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

static struct command_result result;
static struct error error;

static void shell(const char *script, int seconds)
{
    char *const command[] = {"/bin/sh", "-c", (char *)script, NULL};

    memset(&error, 0, sizeof(error));
    assert_int_equal(command_run(command, -1, seconds, &result, &error), 0);
}

static void exit_status_and_output_are_told(void **state)
{
    (void)state;
    shell("echo out; echo first >&2; echo last >&2; exit 7", 10);
    assert_int_equal(result.status, 7);
    assert_string_equal(result.output, "out\n");
    assert_string_equal(last_line(result.errors), "last");
    assert_false(result.timed_out);
}

static void death_by_signal_is_128_and_its_number(void **state)
{
    (void)state;
    shell("kill -SEGV $$", 10);
    assert_int_equal(result.status, 128 + SIGSEGV);
}

static void the_environment_is_path_alone(void **state)
{
    char *const command[] = {"/usr/bin/env", NULL};

    (void)state;
    assert_int_equal(command_run(command, -1, 10, &result, &error), 0);
    assert_int_equal(strncmp(result.output, "PATH=/", 6), 0);
    assert_ptr_equal(strchr(result.output, '\n') + 1,
                     result.output + strlen(result.output));
}

static void stdin_is_empty_and_nothing_else_is_open(void **state)
{
    (void)state;
    shell("read line && exit 1; for i in 3 4 5 6 7 8 9; do "
          "[ -e /proc/self/fd/$i ] && [ $i != 3 ] && exit 2; done; exit 0",
          10);
    assert_int_equal(result.status, 0);
}

static void signals_are_as_a_program_expects_them(void **state)
{
    (void)state;
    signal(SIGPIPE, SIG_IGN);
    shell("grep -E '^Sig(Blk|Ign)' /proc/self/status", 10);
    assert_string_equal(result.output, "SigBlk:\t0000000000000000\n"
                                       "SigIgn:\t0000000000000000\n");
    signal(SIGPIPE, SIG_DFL);
}

static void a_command_that_takes_too_long_is_killed(void **state)
{
    int64_t started = clock_now();

    (void)state;
    shell("echo begun; sleep 100 & wait", 1);
    assert_true(result.timed_out);
    assert_string_equal(result.output, "begun\n");
    assert_true(clock_now() - started < 5 * NS_PER_SECOND);
}

static void a_flood_is_drained_and_not_stored(void **state)
{
    (void)state;
    shell("head -c 50000000 /dev/zero; head -c 5000000 /dev/zero >&2; "
          "echo end >&2",
          30);
    assert_int_equal(result.status, 0);
    assert_int_equal(result.output_size, COMMAND_OUTPUT_SIZE - 1);
}

static void a_background_process_does_not_keep_us(void **state)
{
    int64_t started = clock_now();

    (void)state;
    shell("sleep 100 & echo done", 10);
    assert_string_equal(result.output, "done\n");
    assert_true(clock_now() - started < 5 * NS_PER_SECOND);
}

static void a_missing_program_is_one_line(void **state)
{
    char *const command[] = {"/nonexistent/program", NULL};

    (void)state;
    assert_int_equal(command_run(command, -1, 10, &result, &error), -ENOENT);
    assert_string_equal(error.text, "/nonexistent/program: execve: No such "
                                    "file or directory");
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* nothing is left */
}

static void the_clock_starts_at_execve(void **state)
{
    char *const command[] = {"/bin/true", NULL};
    const struct spawn_request request = {.arguments = command,
                                          .directory = "/",
                                          .mount_namespace = -1,
                                          .settle_ns = 50 * NS_PER_MS};
    struct spawned spawned;
    int64_t before = clock_now();

    (void)state;
    assert_int_equal(spawn(&request, &spawned, &error), 0);
    assert_true(spawned.spawn_at - before >= 50 * NS_PER_MS);
    assert_true(spawned.spawn_at <= clock_now());
    assert_true(spawned.fork_ns > 0);
    assert_int_equal(waitpid(spawned.pid, NULL, 0), spawned.pid);
    spawned_close(&spawned);
}

static void the_last_line_is_the_last_with_words(void **state)
{
    char three[] = "one\ntwo\n\n  \n", none[] = " \n", one[] = "x";

    (void)state;
    assert_string_equal(last_line(three), "two");
    assert_string_equal(last_line(none), "");
    assert_string_equal(last_line(one), "x");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exit_status_and_output_are_told),
        cmocka_unit_test(death_by_signal_is_128_and_its_number),
        cmocka_unit_test(the_environment_is_path_alone),
        cmocka_unit_test(stdin_is_empty_and_nothing_else_is_open),
        cmocka_unit_test(signals_are_as_a_program_expects_them),
        cmocka_unit_test(a_command_that_takes_too_long_is_killed),
        cmocka_unit_test(a_flood_is_drained_and_not_stored),
        cmocka_unit_test(a_background_process_does_not_keep_us),
        cmocka_unit_test(a_missing_program_is_one_line),
        cmocka_unit_test(the_clock_starts_at_execve),
        cmocka_unit_test(the_last_line_is_the_last_with_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
