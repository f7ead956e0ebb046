/*
 * The jail of a microVM's VMM: a machine with its threads, disk and all but a
 * kernel to run, in which each thing is tried that a guest that has broken out
 * would try. Each must be possible without the jail, so that the test is known
 * to bite.
 */
#include "tests/unit/jail_attempts.h"
#include "vmm/microvm_devices.h"
#include "vmm/microvm_jail.h"
#include "vmm/microvm_processor.h"
#include "vmm/supervisor.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MEMORY = 8 << 20, REFUSED = 9, DISK_SIZE = 4096 };

static char disk[] = "/tmp/ringside-test-disk.XXXXXX";

struct trial {
    const struct attempt *attempt;
    bool sealed;
};

/* As microvm_create makes it, but for what is loaded into it. */
static int make(struct microvm *microvm, struct error *error)
{
    int status = guest_end_create(&microvm->end, error);

    if (status == 0)
        status = guest_memory_create(&microvm->memory, MEMORY, error);
    if (status == 0)
        status = vm_create(&microvm->vm, &microvm->memory, error);
    if (status == 0 && ioctl(microvm->vm.vm, KVM_CREATE_IRQCHIP, 0) < 0)
        status = error_errno(error, errno, "KVM_CREATE_IRQCHIP");
    if (status == 0)
        status = microvm_devices_create(microvm, error);
    for (unsigned int i = 0; status == 0 && i < 2; i++) {
        microvm->processors[i].microvm = microvm;
        microvm->processor_count = i + 1;
        status =
            vcpu_create(&microvm->vm, i, &microvm->processors[i].vcpu, error);
    }
    return status;
}

/* The processors are never released: there is nothing to run. */
static int try(struct jail *jail, void *context, int *exit_status,
               struct error *error)
{
    const struct trial *trial = context;
    const struct microvm_config config = {.disks = {{disk, false}},
                                          .disk_count = 1};
    struct microvm microvm = {
        .config = &config,
        .vm = VM_NONE,
        .ports_lock = PTHREAD_MUTEX_INITIALIZER,
        .mmio_lock = PTHREAD_MUTEX_INITIALIZER,
        .gate = PTHREAD_MUTEX_INITIALIZER,
    };
    const struct attempt_means means = {&microvm.vm, &microvm.memory};
    int status = make(&microvm, error);

    if (status == 0)
        status = supervisor_await(jail, error);
    if (status == 0 && trial->sealed)
        status = jail_confine(jail, error);
    if (status == 0)
        status = microvm_start(&microvm, error);
    if (status == 0 && trial->sealed)
        status = microvm_seal(&microvm, jail, false, error);
    if (status == 0 && trial->attempt->make(&means) == -1)
        *exit_status = REFUSED;
    return status;
}

static int run(const struct attempt *attempt, bool sealed, int *exit_status,
               struct error *error)
{
    struct trial trial = {attempt, sealed};
    const struct ward ward = {.run = try, .context = &trial, .handed_over = -1};

    return supervisor_run(&ward, exit_status, error);
}

static void need_kvm(void)
{
    if (access("/dev/kvm", R_OK | W_OK) < 0) {
        print_message("skipped: /dev/kvm cannot be opened\n");
        skip();
    }
}

static void what_a_jailed_vmm_may_not_kills_it(void **state)
{
    (void)state;
    need_kvm();
    for (size_t i = 0; i < ATTEMPTS; i++) {
        struct error error = {0};
        char words[64];
        int exit_status = 0;

        print_message("%s\n", attempts[i].what);
        assert_int_equal(run(&attempts[i], true, &exit_status, &error), -EPERM);
        snprintf(words, sizeof(words), "own jail: system call %d;",
                 attempts[i].number);
        assert_non_null(strstr(error.text, words));
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
        assert_int_equal(run(&attempts[i], false, &exit_status, &error), 0);
        assert_int_equal(exit_status, 0);
    }
}

static long do_nothing(const struct attempt_means *means)
{
    (void)means;
    return 0;
}

static void a_sealed_process_ends_as_it_wants(void **state)
{
    static const struct attempt nothing = {"nothing", 0, do_nothing};
    struct error error = {0};
    int exit_status = 1;

    (void)state;
    need_kvm();
    assert_int_equal(run(&nothing, true, &exit_status, &error), 0);
    assert_int_equal(exit_status, 0);
}

static int make_disk(void **state)
{
    int fd = mkstemp(disk);

    (void)state;
    return fd < 0 || ftruncate(fd, DISK_SIZE) < 0 ? -1 : close(fd);
}

static int remove_disk(void **state)
{
    (void)state;
    return unlink(disk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_jailed_vmm_may_not_kills_it),
        cmocka_unit_test(without_the_jail_all_of_it_can_be_done),
        cmocka_unit_test(a_sealed_process_ends_as_it_wants),
    };

    return cmocka_run_group_tests(tests, make_disk, remove_disk);
}
