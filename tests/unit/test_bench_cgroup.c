/*
 * Control groups: reading the mount table of any host, and on this host the
 * life of a session's groups.
 */
#include "bench/cgroup.h"
#include "bench/clock.h"
#include "bench/spawn.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define SESSION "00000000000test"

static struct error error;

static void read_table(const char *text, struct cgroup_host *host)
{
    char path[] = "/tmp/ringside-test-XXXXXX";
    int fd = mkstemp(path);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
    assert_int_equal(cgroup_host_read(path, host, &error), 0);
    unlink(path);
}

static void version_1_is_seen_with_its_controllers(void **state)
{
    struct cgroup_host host;

    (void)state;
    read_table("31 23 0:28 / /c rw - tmpfs tmpfs rw,mode=755\n"
               "32 31 0:29 / /c/cpu,cpuacct rw - cgroup cgroup "
               "rw,cpu,cpuacct\n"
               "33 31 0:30 / /c/memory rw shared:1 - cgroup cgroup rw,memory\n"
               "34 31 0:31 / /c/sys rw - cgroup cgroup rw,name=systemd\n",
               &host);
    assert_int_equal(host.count, 3);
    assert_false(host.hybrid);
    assert_string_equal(host.hierarchies[0].mount, "/c/cpu,cpuacct");
    assert_int_equal(host.hierarchies[0].controllers, CGROUP_CPUACCT);
    assert_int_equal(host.hierarchies[1].controllers, CGROUP_MEMORY);
    assert_int_equal(host.hierarchies[2].controllers, 0);
    cgroup_host_release(&host);
}

static void both_versions_are_hybrid(void **state)
{
    struct cgroup_host host;

    (void)state;
    read_table("33 31 0:30 / /c/memory rw - cgroup cgroup rw,memory\n"
               "34 31 0:31 / /c/uni\\040fied rw - cgroup2 cgroup2 rw\n",
               &host);
    assert_true(host.hybrid);
    assert_true(host.hierarchies[1].unified);
    assert_string_equal(host.hierarchies[1].mount, "/c/uni fied");
    cgroup_host_release(&host);
}

static void version_2_alone_is_not_hybrid(void **state)
{
    struct cgroup_host host;

    (void)state;
    read_table("34 31 0:31 / /c rw - cgroup2 cgroup2 rw\n", &host);
    assert_int_equal(host.count, 1);
    assert_false(host.hybrid);
    cgroup_host_release(&host);
}

static void garbage_is_passed_over(void **state)
{
    struct cgroup_host host;

    (void)state;
    read_table("\n - \nx y z - cgroup\n1 2 3 4 - cgroup cgroup rw\n", &host);
    assert_int_equal(host.count, 0);
    cgroup_host_release(&host);
}

/* A session's groups on this host, or a skip where we may not make any. */
static void open_session(struct cgroup_host *host)
{
    assert_int_equal(cgroup_host_read("/proc/self/mountinfo", host, &error), 0);
    if (cgroup_session_create(host, SESSION))
        return;
    cgroup_host_release(host);
    print_message("skipped: no permission to make cgroups\n");
    skip();
}

static void close_session(struct cgroup_host *host)
{
    assert_int_equal(cgroup_session_remove(host, SESSION, &error), 0);
    assert_int_equal(cgroup_session_remove(host, SESSION, &error), 0);
    cgroup_host_release(host);
}

static void start(const char *script, const int *files, size_t count,
                  struct spawned *spawned)
{
    char *const command[] = {"/bin/sh", "-c", (char *)script, NULL};
    const struct spawn_request request = {.arguments = command,
                                          .directory = "/",
                                          .mount_namespace = -1,
                                          .cgroups = files,
                                          .cgroup_count = count};

    assert_int_equal(spawn(&request, spawned, &error), 0);
}

static void close_files(const int *files, size_t count)
{
    for (size_t i = 0; i < count; i++)
        close(files[i]);
}

static void everything_in_a_run_can_be_killed(void **state)
{
    struct cgroup_host host;
    struct spawned spawned;
    int files[CGROUP_MAX_HIERARCHIES];
    size_t count;
    pid_t pids[16];
    char byte;

    (void)state;
    open_session(&host);
    assert_int_equal(cgroup_run_create(&host, SESSION, files, &count, &error),
                     0);
    start("(trap '' TERM; setsid sleep 1000 & setsid sleep 1000 & echo; wait)",
          files, count, &spawned);
    while (read(spawned.output, &byte, 1) < 0)
        clock_sleep(NS_PER_MS);
    assert_true(cgroup_pids(&host, SESSION, CGROUP_RUN, pids, 16) >= 2);
    assert_true(cgroup_kill(&host, SESSION, 5000));
    assert_int_equal(cgroup_pids(&host, SESSION, CGROUP_RUN, pids, 16), 0);
    waitpid(spawned.pid, NULL, 0);
    spawned_close(&spawned);
    close_files(files, count);
    assert_int_equal(cgroup_run_remove(&host, SESSION, &error), 0);
    close_session(&host);
}

/* Killing closes a run to new processes, but not the next run. */
static void a_run_starts_at_nothing_after_a_killed_one(void **state)
{
    struct cgroup_host host;
    struct cgroup_usage usage;

    (void)state;
    open_session(&host);
    for (int i = 0; i < 3; i++) {
        int files[CGROUP_MAX_HIERARCHIES], status;
        struct spawned spawned;
        size_t count;

        assert_int_equal(
            cgroup_run_create(&host, SESSION, files, &count, &error), 0);
        start("sleep 0; exit 5", files, count, &spawned);
        assert_int_equal(waitpid(spawned.pid, &status, 0), spawned.pid);
        assert_int_equal(WEXITSTATUS(status), 5);
        cgroup_read_usage(&host, SESSION, CGROUP_RUN, &usage);
        assert_in_range(usage.user_ns + usage.system_ns, 1, NS_PER_SECOND);
        spawned_close(&spawned);
        start("sleep 1000", files, count, &spawned);
        assert_true(cgroup_kill(&host, SESSION, 5000));
        waitpid(spawned.pid, NULL, 0);
        spawned_close(&spawned);
        close_files(files, count);
        assert_int_equal(cgroup_run_remove(&host, SESSION, &error), 0);
    }
    close_session(&host);
}

static void what_is_kept_outlives_runs_but_not_the_session(void **state)
{
    struct cgroup_host host;
    struct spawned spawned;
    int files[CGROUP_MAX_HIERARCHIES], status;
    size_t count;

    (void)state;
    open_session(&host);
    assert_int_equal(
        cgroup_kept_open(&host, SESSION, "docker", files, &count, &error), 0);
    start("sleep 1000", files, count, &spawned);
    close_files(files, count);
    assert_int_equal(cgroup_run_create(&host, SESSION, files, &count, &error),
                     0);
    close_files(files, count);
    assert_true(cgroup_kill(&host, SESSION, 5000));
    assert_int_equal(cgroup_run_remove(&host, SESSION, &error), 0);
    assert_int_equal(waitpid(spawned.pid, &status, WNOHANG), 0);
    assert_true(cgroup_kill_session(&host, SESSION, 5000));
    assert_int_equal(waitpid(spawned.pid, &status, 0), spawned.pid);
    assert_true(WIFSIGNALED(status));
    spawned_close(&spawned);
    close_session(&host);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(version_1_is_seen_with_its_controllers),
        cmocka_unit_test(both_versions_are_hybrid),
        cmocka_unit_test(version_2_alone_is_not_hybrid),
        cmocka_unit_test(garbage_is_passed_over),
        cmocka_unit_test(everything_in_a_run_can_be_killed),
        cmocka_unit_test(a_run_starts_at_nothing_after_a_killed_one),
        cmocka_unit_test(what_is_kept_outlives_runs_but_not_the_session),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
