/* Rules of devices: as a program for cgroup v2, as exceptions for v1. */
#include "cgroup/device_rules.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

enum { ALL = DEVICE_MAKE | DEVICE_READ | DEVICE_WRITE };

/*
 * Runs a program as the kernel would, for the instructions that we use; a
 * jump or a register outside is a failure of the test.
 */
static uint64_t interpret(const struct bpf_insn *program, size_t count,
                          const struct bpf_cgroup_dev_ctx *context)
{
    uint64_t registers[11] = {[1] = (uint64_t)(uintptr_t)context};

    for (size_t at = 0; at < count; at++) {
        const struct bpf_insn *i = &program[at];
        uint64_t *to = &registers[i->dst_reg], from = registers[i->src_reg];

        switch (i->code) {
        case BPF_LDX | BPF_MEM | BPF_W:
            assert_in_range(i->off, 0, sizeof(*context) - 4);
            *to = *(const uint32_t *)(uintptr_t)(from + (uint64_t)i->off);
            break;
        case BPF_ALU64 | BPF_MOV | BPF_X:
            *to = from;
            break;
        case BPF_ALU64 | BPF_MOV | BPF_K:
            *to = (uint64_t)i->imm;
            break;
        case BPF_ALU64 | BPF_RSH | BPF_K:
            *to >>= i->imm;
            break;
        case BPF_ALU64 | BPF_AND | BPF_K:
            *to &= (uint64_t)i->imm;
            break;
        case BPF_JMP | BPF_JNE | BPF_K:
            at += *to != (uint64_t)i->imm ? (size_t)i->off : 0;
            break;
        case BPF_JMP | BPF_JEQ | BPF_K:
            at += *to == (uint64_t)i->imm ? (size_t)i->off : 0;
            break;
        case BPF_JMP | BPF_EXIT:
            return registers[0];
        default:
            fail_msg("instruction %#x", i->code);
        }
    }
    fail_msg("the program runs past its end");
    return 0;
}

static struct bundle_resources with_rules(struct bundle_device_rule *rules,
                                          size_t count)
{
    struct bundle_resources resources = bundle_no_resources;

    resources.devices = rules;
    resources.device_count = count;
    return resources;
}

/* Does the program of these rules allow the access? */
static bool allows(struct bundle_device_rule *rules, size_t count, char type,
                   unsigned int major, unsigned int minor, unsigned int access)
{
    const struct bundle_resources resources = with_rules(rules, count);
    const struct bpf_cgroup_dev_ctx context = {
        .access_type = access << 16 |
                       (type == 'b' ? BPF_DEVCG_DEV_BLOCK : BPF_DEVCG_DEV_CHAR),
        .major = major,
        .minor = minor,
    };
    struct bpf_insn program[512];
    struct device_rules all;
    struct error error = {0};
    size_t length;
    bool allowed;

    assert_int_equal(device_rules_collect(&resources, &all, &error), 0);
    assert_true(device_program_limit(all.count) <= 512);
    length = device_program_build(&all, program);
    assert_true(length <= device_program_limit(all.count));
    allowed = interpret(program, length, &context) != 0;
    device_rules_release(&all);
    return allowed;
}

static void the_default_devices_are_always_allowed(void **state)
{
    struct bundle_device_rule nothing[] = {{false, 'a', -1, -1, ALL}};

    (void)state;
    assert_true(allows(nothing, 1, 'c', 1, 3, DEVICE_READ | DEVICE_WRITE));
    assert_true(allows(nothing, 1, 'c', 136, 77, DEVICE_READ | DEVICE_WRITE));
    assert_true(allows(nothing, 1, 'b', 8, 0, DEVICE_MAKE));
    assert_false(allows(nothing, 1, 'b', 8, 0, DEVICE_READ));
    assert_false(allows(nothing, 1, 'b', 1, 3, DEVICE_READ));
    assert_false(allows(nothing, 1, 'c', 10, 229, DEVICE_READ));
    /* No rules at all: the same. */
    assert_false(allows(NULL, 0, 'c', 10, 229, DEVICE_READ));
}

static void a_later_rule_goes_before_an_earlier(void **state)
{
    struct bundle_device_rule rules[] = {
        {false, 'a', -1, -1, ALL},
        {true, 'b', 8, -1, ALL},
        {false, 'b', 8, 1, DEVICE_WRITE},
    };

    (void)state;
    assert_true(allows(rules, 3, 'b', 8, 0, DEVICE_READ | DEVICE_WRITE));
    assert_true(allows(rules, 3, 'b', 8, 1, DEVICE_READ));
    assert_false(allows(rules, 3, 'b', 8, 1, DEVICE_WRITE));
    /* Part of what is wanted is denied: all is. */
    assert_false(allows(rules, 3, 'b', 8, 1, DEVICE_READ | DEVICE_WRITE));
    assert_false(allows(rules, 3, 'c', 8, 0, DEVICE_READ));
}

static void an_allowance_must_cover_all_that_is_wanted(void **state)
{
    struct bundle_device_rule rules[] = {{true, 'c', 10, 200, DEVICE_READ}};

    (void)state;
    assert_true(allows(rules, 1, 'c', 10, 200, DEVICE_READ));
    assert_false(allows(rules, 1, 'c', 10, 200, DEVICE_READ | DEVICE_WRITE));
    assert_true(allows(rules, 1, 'c', 10, 200, DEVICE_MAKE));
    assert_false(allows(rules, 1, 'c', 10, 201, DEVICE_READ));
    assert_false(allows(rules, 1, 'b', 10, 200, DEVICE_READ));
}

static void everything_can_be_allowed(void **state)
{
    struct bundle_device_rule rules[] = {
        {false, 'c', 5, 5, ALL}, /* undone by the next */
        {true, 'a', -1, -1, ALL},
    };

    (void)state;
    assert_true(allows(rules, 2, 'c', 5, 5, ALL));
    assert_true(allows(rules, 2, 'b', 259, 3, ALL));
}

/* The kernel's verifier refuses a program with instructions that cannot be
 * reached, jumps that lead out, or registers that were never set. */
static void the_kernel_takes_the_program(void **state)
{
    struct bundle_device_rule rules[] = {
        {true, 'c', 10, 200, DEVICE_READ},
        {true, 'a', -1, -1, ALL},
        {false, 'a', 7, -1, DEVICE_MAKE},
    };

    (void)state;
    for (size_t count = 0; count <= 3; count++) {
        const struct bundle_resources resources = with_rules(rules, count);
        struct device_rules all;
        struct bpf_insn program[512];
        struct error error = {0};
        union bpf_attr attributes = {.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE};
        static char log[1 << 18];
        int fd;

        assert_int_equal(device_rules_collect(&resources, &all, &error), 0);
        attributes.insn_cnt = (uint32_t)device_program_build(&all, program);
        attributes.insns = (uint64_t)(uintptr_t)program;
        attributes.license = (uint64_t)(uintptr_t) "GPL";
        attributes.log_buf = (uint64_t)(uintptr_t)log;
        attributes.log_size = sizeof(log);
        attributes.log_level = 1;
        fd = (int)syscall(SYS_bpf, BPF_PROG_LOAD, &attributes,
                          sizeof(attributes));
        device_rules_release(&all);
        if (fd < 0 && (errno == EPERM || errno == ENOSYS)) {
            print_message("no right to load eBPF programs\n");
            skip();
        }
        if (fd < 0)
            fail_msg("%zu rules: %s\n%s", count, strerror(errno), log);
        close(fd);
    }
}

static void v1_has_a_default_and_exceptions(void **state)
{
    struct bundle_device_rule rules[] = {
        {true, 'c', 10, 200, ALL}, /* before the default: nothing */
        {false, 'a', -1, -1, ALL},
        {true, 'b', 8, 0, ALL},
        {true, 'b', 8, 1, DEVICE_READ},
        {false, 'b', 8, 0, ALL}, /* undoes the third */
    };
    const struct bundle_resources resources = with_rules(rules, 5);
    struct device_rules flat;
    struct error error = {0};

    (void)state;
    assert_int_equal(device_rules_flatten(&resources, &flat, &error), 0);
    assert_false(flat.allow);
    assert_int_equal(flat.count, 1 + 11);
    assert_int_equal(flat.rules[0].minor, 1);
    assert_int_equal(flat.rules[0].access, DEVICE_READ);
    device_rules_release(&flat);
}

static void v1_refuses_an_exception_from_an_exception(void **state)
{
    struct bundle_device_rule rules[] = {
        {true, 'b', 8, -1, ALL},
        {false, 'b', 8, 1, ALL},
    };
    const struct bundle_resources resources = with_rules(rules, 2);
    struct device_rules flat;
    struct error error = {0};

    (void)state;
    assert_int_equal(device_rules_flatten(&resources, &flat, &error), -ENOTSUP);
    device_rules_release(&flat);
}

static void v1_can_allow_by_default(void **state)
{
    struct bundle_device_rule rules[] = {
        {true, 'a', -1, -1, ALL},
        {false, 'b', 8, -1, ALL},
    };
    const struct bundle_resources resources = with_rules(rules, 2);
    struct device_rules flat;
    struct error error = {0};

    (void)state;
    assert_int_equal(device_rules_flatten(&resources, &flat, &error), 0);
    assert_true(flat.allow);
    assert_int_equal(flat.count, 1);
    /* Nodes can be made in every container. */
    assert_int_equal(flat.rules[0].access, DEVICE_READ | DEVICE_WRITE);
    device_rules_release(&flat);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_default_devices_are_always_allowed),
        cmocka_unit_test(a_later_rule_goes_before_an_earlier),
        cmocka_unit_test(an_allowance_must_cover_all_that_is_wanted),
        cmocka_unit_test(everything_can_be_allowed),
        cmocka_unit_test(the_kernel_takes_the_program),
        cmocka_unit_test(v1_has_a_default_and_exceptions),
        cmocka_unit_test(v1_refuses_an_exception_from_an_exception),
        cmocka_unit_test(v1_can_allow_by_default),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
