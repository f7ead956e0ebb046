/* Signal names, processes that are known for certain, the start gate. */
#include "oci/cleanup.h"
#include "oci/file.h"
#include "oci/process.h"
#include "oci/signal_name.h"
#include "oci/start_gate.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

static void reads_signals_by_number_and_name(void **state)
{
    (void)state;
    assert_int_equal(signal_number("15"), SIGTERM);
    assert_int_equal(signal_number("TERM"), SIGTERM);
    assert_int_equal(signal_number("SIGTERM"), SIGTERM);
    assert_int_equal(signal_number("sigterm"), SIGTERM);
    assert_int_equal(signal_number("CLD"), SIGCHLD);
    assert_int_equal(signal_number("RTMIN"), SIGRTMIN);
    assert_int_equal(signal_number("SIGRTMIN+3"), SIGRTMIN + 3);
    assert_int_equal(signal_number("RTMAX-2"), SIGRTMAX - 2);
    assert_int_equal(signal_number("64"), 64);
}

static void refuses_what_is_no_signal(void **state)
{
    static const char *const names[] = {"",    "0",      "-1",       "65",
                                        "SIG", "RTMIN+", "RTMIN+99", "TERM ",
                                        "9x",  "FOO",    "RTMAX-0"};

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        assert_int_equal(signal_number(names[i]), 0);
}

static pid_t start_child(void)
{
    pid_t pid = fork();

    if (pid == 0) {
        pause();
        _exit(0);
    }
    return pid;
}

static void knows_a_process_until_it_has_ended(void **state)
{
    struct process_identity identity;
    pid_t pid = start_child();

    (void)state;
    assert_int_equal(process_identify(pid, &identity), 0);
    assert_true(process_alive(&identity));
    assert_int_equal(process_signal(&identity, SIGKILL), 0);
    /* A zombie has ended, even if nobody has fetched its status yet. */
    assert_int_equal(
        waitid(P_PID, (id_t)pid, &(siginfo_t){0}, WEXITED | WNOWAIT), 0);
    assert_false(process_alive(&identity));
    assert_int_equal(process_signal(&identity, 0), -ESRCH);
    waitpid(pid, NULL, 0);
    assert_int_equal(process_identify(pid, &identity), -ESRCH);
}

static void takes_no_process_for_one_that_had_its_id(void **state)
{
    struct process_identity identity;
    pid_t pid = start_child();

    (void)state;
    assert_int_equal(process_identify(pid, &identity), 0);
    identity.start_time--;
    assert_false(process_alive(&identity));
    assert_int_equal(process_open(&identity), -ESRCH);
    assert_int_equal(process_signal(&identity, SIGKILL), -ESRCH);
    assert_int_equal(waitpid(pid, NULL, WNOHANG), 0);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

static char directory[] = "/tmp/test_oci_lifecycle.XXXXXX";

static int make_directory(void **state)
{
    (void)state;
    return mkdtemp(directory) != NULL ? 0 : -1;
}

static int remove_directory(void **state)
{
    struct error error = {0};

    (void)state;
    return tree_remove(directory, &error);
}

/* A child that waits at the gate, and then does as told. */
static pid_t wait_at_gate(const char *failure)
{
    struct error error = {0};
    int parent = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int gate = start_gate_make(parent, &error);
    pid_t pid;

    assert_true(gate >= 0);
    pid = fork();
    if (pid == 0) {
        int connection = start_gate_wait(gate, &error);

        if (failure != NULL) {
            error_set(&error, EIO, "%s", failure);
            start_gate_report(connection, &error);
        }
        _exit(0);
    }
    close(gate);
    close(parent);
    return pid;
}

static void a_gate_is_closed_until_it_is_opened_once(void **state)
{
    struct error error = {0};
    pid_t pid;

    (void)state;
    assert_false(start_gate_is_closed(directory));
    pid = wait_at_gate(NULL);
    /* To look does not open it. */
    assert_true(start_gate_is_closed(directory));
    assert_true(start_gate_is_closed(directory));
    assert_int_equal(start_gate_open(directory, &error), 0);
    waitpid(pid, NULL, 0);
    assert_false(start_gate_is_closed(directory));
    assert_int_equal(start_gate_open(directory, &error), -ESRCH);
}

static void a_gate_passes_on_why_it_went_wrong(void **state)
{
    struct error error = {0};
    char path[64];
    pid_t pid;

    (void)state;
    snprintf(path, sizeof(path), "%s/start", directory);
    unlink(path);
    pid = wait_at_gate("no such program");
    assert_int_equal(start_gate_open(directory, &error), -EIO);
    assert_string_equal(error.text, "no such program");
    waitpid(pid, NULL, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_signals_by_number_and_name),
        cmocka_unit_test(refuses_what_is_no_signal),
        cmocka_unit_test(knows_a_process_until_it_has_ended),
        cmocka_unit_test(takes_no_process_for_one_that_had_its_id),
        cmocka_unit_test(a_gate_is_closed_until_it_is_opened_once),
        cmocka_unit_test(a_gate_passes_on_why_it_went_wrong),
    };

    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
