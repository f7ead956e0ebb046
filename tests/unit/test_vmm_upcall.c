/*
 * Upcalls on a real vCPU that never runs: what the guest is told, and when its
 * registers are changed.
 */
#include "guests/unikernel/layout.h"
#include "vmm/interrupt.h"
#include "vmm/upcall.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cmocka.h>

enum { MEMORY = 8 << 20, PROGRAM = 0x401000, STACK = 0x7ff000, FLAGS = 0x246 };

static struct unikernel guest;
static struct error failure;

/* The words of the trap area, and the frame on top of the system stack. */
struct told {
    uint64_t attention, taken, arrived;
};

static void write_told(struct told told)
{
    guest_memory_write(&guest.memory,
                       (struct guest_addr){SYSTEM_TRAP + TRAP_ATTENTION}, &told,
                       sizeof(told));
}

static struct told read_told(void)
{
    struct told told;

    guest_memory_read(&guest.memory,
                      (struct guest_addr){SYSTEM_TRAP + TRAP_ATTENTION}, &told,
                      sizeof(told));
    return told;
}

static void stand_at(uint64_t rip)
{
    const struct kvm_regs regs = {
        .rip = rip, .rsp = STACK, .rflags = FLAGS, .rax = 5};

    assert_int_equal(ioctl(guest.vcpu.fd, KVM_SET_REGS, &regs), 0);
}

static struct kvm_regs registers(void)
{
    struct kvm_regs regs;

    assert_int_equal(ioctl(guest.vcpu.fd, KVM_GET_REGS, &regs), 0);
    return regs;
}

static int create(void **state)
{
    (void)state;
    if (access("/dev/kvm", R_OK | W_OK) < 0)
        return 0;
    guest = UNIKERNEL_NONE;
    if (guest_memory_create(&guest.memory, MEMORY, &failure) < 0 ||
        vm_create(&guest.vm, &guest.memory, &failure) < 0 ||
        vcpu_create(&guest.vm, 0, &guest.vcpu, &failure) < 0 ||
        upcall_watch(guest.vcpu.run, &failure) < 0)
        return -1;
    return 0;
}

static int release(void **state)
{
    (void)state;
    interrupt_unwatch();
    unikernel_release(&guest);
    return 0;
}

/* Every test begins with a guest that was told nothing, in the program. */
static int begin(void **state)
{
    (void)state;
    if (guest.vcpu.run == NULL)
        return 0;
    interrupt_take_of(UINT64_MAX);
    upcall_set_timer(0);
    write_told((struct told){0});
    stand_at(PROGRAM);
    return 0;
}

static void need_kvm(void)
{
    if (guest.vcpu.run == NULL)
        skip();
}

static uint64_t bit(int signal)
{
    return 1ull << (signal - 1);
}

static void nothing_due_changes_nothing(void **state)
{
    (void)state;
    need_kvm();
    assert_false(upcall_due());
    assert_int_equal(upcall_deliver(&guest, &failure), 0);
    assert_int_equal(registers().rip, PROGRAM);
    assert_int_equal(read_told().attention, 0);
}

static void a_signal_that_is_not_taken_ends_the_guest(void **state)
{
    (void)state;
    need_kvm();
    write_told((struct told){.taken = bit(SIGHUP)});
    raise(SIGTERM);
    assert_true(upcall_due());
    assert_int_equal(upcall_deliver(&guest, &failure), -EINTR);
    assert_int_equal(interrupt_pending(), SIGTERM);
    assert_int_equal(registers().rip, PROGRAM);
}

static void a_signal_that_is_taken_interrupts_the_program(void **state)
{
    uint64_t frame[5];
    struct kvm_regs regs;

    (void)state;
    need_kvm();
    write_told((struct told){.taken = bit(SIGTERM), .arrived = bit(SIGHUP)});
    raise(SIGTERM);
    assert_int_equal(upcall_deliver(&guest, &failure), 0);
    assert_int_equal(read_told().arrived, bit(SIGTERM) | bit(SIGHUP));
    assert_int_equal(read_told().attention, ATTENTION_LOOK);
    regs = registers();
    assert_int_equal(regs.rip, SYSTEM_BASE + UPCALL_ENTRY);
    assert_int_equal(regs.rsp, SYSTEM_BASE + SYSTEM_STACK_END - sizeof(frame));
    assert_int_equal(regs.rflags, RFLAGS_RING3);
    assert_int_equal(regs.rax, 5);
    guest_memory_read(&guest.memory,
                      (struct guest_addr){SYSTEM_STACK_END - sizeof(frame)},
                      frame, sizeof(frame));
    assert_int_equal(frame[0], PROGRAM);
    assert_int_equal(frame[1], SELECTOR_USER_CODE);
    assert_int_equal(frame[2], FLAGS);
    assert_int_equal(frame[3], STACK);
    assert_int_equal(frame[4], SELECTOR_USER_DATA);
    assert_false(upcall_due());
}

static void the_library_os_is_told_but_not_interrupted(void **state)
{
    const uint64_t places[] = {
        SYSTEM_BASE + SYSTEM_RING0,
        SYSTEM_BASE + SYSTEM_IMAGE,
        SYSTEM_BASE + SYSTEM_SIZE - 1,
    };

    (void)state;
    need_kvm();
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        write_told((struct told){.taken = bit(SIGUSR1)});
        stand_at(places[i]);
        raise(SIGUSR1);
        assert_int_equal(upcall_deliver(&guest, &failure), 0);
        assert_int_equal(registers().rip, places[i]);
        assert_int_equal(registers().rsp, STACK);
        assert_int_equal(read_told().attention, ATTENTION_LOOK);
        /* It looks again soon, and finds the program. */
        stand_at(PROGRAM);
        while (!upcall_due())
            continue;
        assert_int_equal(upcall_deliver(&guest, &failure), 0);
        assert_int_equal(registers().rip, SYSTEM_BASE + UPCALL_ENTRY);
    }
}

static void what_the_library_os_has_seen_is_not_told_again(void **state)
{
    (void)state;
    need_kvm();
    write_told((struct told){.taken = bit(SIGUSR1)});
    stand_at(SYSTEM_BASE + SYSTEM_IMAGE);
    raise(SIGUSR1);
    assert_int_equal(upcall_deliver(&guest, &failure), 0);
    write_told((struct told){.taken = bit(SIGUSR1)});
    stand_at(PROGRAM);
    while (!upcall_due())
        continue;
    assert_int_equal(upcall_deliver(&guest, &failure), 0);
    assert_int_equal(registers().rip, PROGRAM);
}

static void signals_that_do_nothing_are_dropped(void **state)
{
    (void)state;
    need_kvm();
    raise(SIGWINCH);
    raise(SIGCONT);
    assert_int_equal(upcall_deliver(&guest, &failure), 0);
    assert_int_equal(interrupt_pending(), 0);
    assert_int_equal(registers().rip, PROGRAM);
}

static void the_timer_interrupts_once(void **state)
{
    (void)state;
    need_kvm();
    assert_int_equal(upcall_set_timer(1), 0);
    while (!upcall_due())
        continue;
    assert_int_equal(upcall_deliver(&guest, &failure), 0);
    assert_int_equal(read_told().attention, ATTENTION_LOOK | ATTENTION_TIMER);
    assert_int_equal(registers().rip, SYSTEM_BASE + UPCALL_ENTRY);
    assert_false(upcall_due());
}

static void any_duration_is_taken(void **state)
{
    (void)state;
    need_kvm();
    assert_int_equal(upcall_set_timer(0), 0);
    assert_false(upcall_due());
    assert_int_equal(upcall_set_timer(UINT64_MAX), 0);
    assert_false(upcall_due());
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, begin)
    const struct CMUnitTest tests[] = {
        TEST(nothing_due_changes_nothing),
        TEST(a_signal_that_is_not_taken_ends_the_guest),
        TEST(a_signal_that_is_taken_interrupts_the_program),
        TEST(the_library_os_is_told_but_not_interrupted),
        TEST(what_the_library_os_has_seen_is_not_told_again),
        TEST(signals_that_do_nothing_are_dropped),
        TEST(the_timer_interrupts_once),
        TEST(any_duration_is_taken),
    };

    return cmocka_run_group_tests(tests, create, release);
}
