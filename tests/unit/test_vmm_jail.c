/*
 * The jail of a unikernel's VMM: in its process, with the VM made and all as it
 * is when the guest runs, each of the things is tried that a guest that has
 * broken out would try. Each must be possible without the jail, so that the
 * test is known to bite.
 */
#include "tests/unit/jail_attempts.h"
#include "vmm/supervisor.h"
#include "vmm/unikernel_jail.h"
#include "vmm/upcall.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

enum { MEMORY = 8 << 20, REFUSED = 9 };

static long look_at_the_clock(const struct attempt_means *means)
{
    struct timespec time;

    (void)means;
    return syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &time);
}

static long see_an_empty_root(const struct attempt_means *means)
{
    char entries[1024];
    int root = open("/", O_RDONLY | O_DIRECTORY);

    (void)means;
    /* "." and ".." are 24 bytes each. */
    return syscall(SYS_getdents64, root, entries, sizeof(entries)) == 48 ? 0
                                                                         : -1;
}

enum confinement { UNCONFINED, CONFINED, SEALED };

struct trial {
    const struct attempt *attempt;
    enum confinement confinement;
    struct unikernel_duties duties;
};

/* What the jailed process does: all as in a run, but for the guest's entry. */
static int try(struct jail *jail, void *context, int *exit_status,
               struct error *error)
{
    const struct trial *trial = context;
    struct unikernel unikernel = UNIKERNEL_NONE;
    const struct attempt_means means = {&unikernel.vm, &unikernel.memory};
    int status = guest_memory_create(&unikernel.memory, MEMORY, error);

    if (status == 0)
        status = unikernel_make_vm(&unikernel, error);
    if (status == 0)
        status = upcall_watch(unikernel.vcpu.run, error);
    if (status == 0)
        status = supervisor_await(jail, error);
    if (status == 0 && trial->confinement >= CONFINED)
        status = jail_confine(jail, error);
    if (status == 0 && trial->confinement == SEALED)
        status = unikernel_seal(&unikernel, jail, &trial->duties, error);
    if (status == 0 && trial->attempt->make(&means) == -1)
        *exit_status = REFUSED;
    return status;
}

static int run_with(const struct attempt *attempt, enum confinement confinement,
                    const struct unikernel_duties *duties, int *exit_status,
                    struct error *error)
{
    struct trial trial = {attempt, confinement, *duties};
    const struct ward ward = {.run = try, .context = &trial, .handed_over = -1};

    return supervisor_run(&ward, exit_status, error);
}

static int run(const struct attempt *attempt, enum confinement confinement,
               int *exit_status, struct error *error)
{
    const struct unikernel_duties none = {.statistics = false};

    return run_with(attempt, confinement, &none, exit_status, error);
}

static void need_kvm(void)
{
    if (access("/dev/kvm", R_OK | W_OK) < 0) {
        print_message("skipped: /dev/kvm cannot be opened\n");
        skip();
    }
}

static void assert_killed(const struct attempt *attempt,
                          const struct unikernel_duties *duties)
{
    struct error error = {0};
    char words[64];
    int exit_status = 0;

    print_message("%s\n", attempt->what);
    assert_int_equal(run_with(attempt, SEALED, duties, &exit_status, &error),
                     -EPERM);
    snprintf(words, sizeof(words), "own jail: system call %d;",
             attempt->number);
    assert_non_null(strstr(error.text, words));
}

static void what_a_jailed_vmm_may_not_kills_it(void **state)
{
    static const struct unikernel_duties all[] = {
        {.statistics = false},
        {.statistics = true},
        {.saves = true},
        {.is_engaged = true},
    };

    (void)state;
    need_kvm();
    for (size_t i = 0; i < ATTEMPTS; i++) {
        for (size_t j = 0; j < sizeof(all) / sizeof(all[0]); j++)
            assert_killed(&attempts[i], &all[j]);
    }
}

static void without_the_jail_all_of_it_can_be_done(void **state)
{
    (void)state;
    need_kvm();
    for (size_t i = 0; i < ATTEMPTS; i++) {
        struct error error = {0};
        int exit_status = 0;

        print_message("%s\n", attempts[i].what);
        assert_int_equal(run(&attempts[i], UNCONFINED, &exit_status, &error),
                         0);
        assert_int_equal(exit_status, 0);
    }
}

static void what_the_jail_allows_goes_on(void **state)
{
    static const struct attempt clock = {"clock", 0, look_at_the_clock};
    struct error error = {0};
    int exit_status = 1;

    (void)state;
    need_kvm();
    assert_int_equal(run(&clock, SEALED, &exit_status, &error), 0);
    assert_int_equal(exit_status, 0);
}

static void the_root_is_empty(void **state)
{
    static const struct attempt look = {"look", 0, see_an_empty_root};
    struct error error = {0};
    int exit_status = 1;

    (void)state;
    need_kvm();
    assert_int_equal(run(&look, UNCONFINED, &exit_status, &error), 0);
    assert_int_equal(exit_status, REFUSED);
    if (geteuid() != 0)
        return; /* this host may let no user have a root */
    assert_int_equal(run(&look, CONFINED, &exit_status, &error), 0);
    assert_int_equal(exit_status, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_jailed_vmm_may_not_kills_it),
        cmocka_unit_test(without_the_jail_all_of_it_can_be_done),
        cmocka_unit_test(what_the_jail_allows_goes_on),
        cmocka_unit_test(the_root_is_empty),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
