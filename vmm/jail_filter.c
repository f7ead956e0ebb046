/* From rules to a BPF program; see jail_filter.h. */
#include "vmm/jail_filter.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
    /* Of each rule: two instructions a condition, and one that allows. */
    MAX_INSTRUCTIONS = JAIL_MAX_RULES * (2 * JAIL_CONDITIONS + 3) + 8,
    MAX_JUMP = UINT8_MAX,
    /* No process of ours has a use for it: the one that kills. */
    FATAL_CALL = SYS_reboot,
};

struct program {
    struct sock_filter at[MAX_INSTRUCTIONS];
    size_t size;
    bool too_large;
};

static void add(struct jail_rules *rules, const struct jail_rule *rule)
{
    if (rules->count < JAIL_MAX_RULES)
        rules->at[rules->count] = *rule;
    rules->count++;
}

void jail_allow(struct jail_rules *rules, uint32_t number)
{
    add(rules, &(struct jail_rule){.number = number});
}

void jail_allow_if(struct jail_rules *rules, uint32_t number,
                   unsigned int argument, uint32_t value)
{
    add(rules, &(struct jail_rule){.number = number,
                                   .condition_count = 1,
                                   .conditions = {{argument, value}}});
}

void jail_allow_ioctl(struct jail_rules *rules, int fd, uint32_t request)
{
    add(rules, &(struct jail_rule){
                   .number = SYS_ioctl,
                   .condition_count = fd < 0 ? 1 : 2,
                   .conditions = {{1, request}, {0, (uint32_t)fd}},
               });
}

/* Returns where it is. */
static size_t emit(struct program *program, struct sock_filter instruction)
{
    if (program->size == MAX_INSTRUCTIONS) {
        program->too_large = true;
        return 0;
    }
    program->at[program->size] = instruction;
    return program->size++;
}

static void emit_load(struct program *program, size_t offset)
{
    emit(program, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
                                               (uint32_t)offset));
}

static void emit_result(struct program *program, uint32_t result)
{
    emit(program, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, result));
}

/* How far it is from the instruction behind `at` to the next one. */
static uint8_t distance(struct program *program, size_t at)
{
    const size_t length = program->size - at - 1;

    program->too_large |= length > MAX_JUMP;
    return (uint8_t)length;
}

/* Allows where all conditions hold; else goes on behind it. */
static void emit_rule(struct program *program, const struct jail_rule *rule)
{
    size_t tests[JAIL_CONDITIONS];

    for (unsigned int i = 0; i < rule->condition_count; i++) {
        emit_load(program, offsetof(struct seccomp_data, args) +
                               rule->conditions[i].argument * sizeof(uint64_t));
        tests[i] =
            emit(program,
                 (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
                                              rule->conditions[i].value, 0, 0));
    }
    emit_result(program, SECCOMP_RET_ALLOW);
    for (unsigned int i = 0; i < rule->condition_count; i++)
        program->at[tests[i]].jf = distance(program, tests[i]);
}

/* The rules of one system call. */
static void emit_call(struct program *program, const struct jail_rule *rules,
                      size_t count)
{
    size_t test =
        emit(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
                                                   rules[0].number, 0, 0));

    for (size_t i = 0; i < count; i++)
        emit_rule(program, &rules[i]);
    program->at[test].jf = distance(program, test);
    emit_result(program, SECCOMP_RET_TRAP);
}

/* The first rule of another system call, as near the middle as there is one;
 * 0 where all are of one. */
static size_t find_middle(const struct jail_rule *rules, size_t count)
{
    for (size_t step = 0; step <= count / 2; step++) {
        size_t up = count / 2 + step, down = count / 2 - step;

        if (up > 0 && up < count && rules[up].number != rules[up - 1].number)
            return up;
        if (down > 0 && rules[down].number != rules[down - 1].number)
            return down;
    }
    return 0;
}

static void emit_tree(struct program *program, const struct jail_rule *rules,
                      size_t count)
{
    const size_t middle = find_middle(rules, count);
    size_t test;

    if (middle == 0) {
        emit_call(program, rules, count);
        return;
    }
    test =
        emit(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K,
                                                   rules[middle].number, 0, 0));
    emit_tree(program, rules, middle);
    program->at[test].jt = distance(program, test);
    emit_tree(program, rules + middle, count - middle);
}

static int compare(const void *left, const void *right)
{
    const struct jail_rule *a = left, *b = right;

    return (a->number > b->number) - (a->number < b->number);
}

/* A call by the 32-bit ABI, whose numbers mean others, kills. */
static void emit_filter(struct program *program, struct jail_rules *rules)
{
    qsort(rules->at, rules->count, sizeof(rules->at[0]), compare);
    emit_load(program, offsetof(struct seccomp_data, arch));
    emit(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
                                               AUDIT_ARCH_X86_64, 1, 0));
    emit_result(program, SECCOMP_RET_KILL_PROCESS);
    emit_load(program, offsetof(struct seccomp_data, nr));
    emit(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
                                               FATAL_CALL, 0, 1));
    emit_result(program, SECCOMP_RET_KILL_PROCESS);
    emit_tree(program, rules->at, rules->count);
}

int jail_filter_install(const struct jail_rules *rules, struct error *error)
{
    struct program program = {.size = 0};
    struct jail_rules sorted = *rules;
    struct sock_fprog code = {.filter = program.at};

    if (rules->count == 0 || rules->count > JAIL_MAX_RULES)
        return error_set(error, E2BIG, "the jail has %zu rules, not 1 to %d",
                         rules->count, JAIL_MAX_RULES);
    emit_filter(&program, &sorted);
    if (program.too_large)
        return error_set(error, E2BIG, "the jail's filter is too large");
    code.len = (unsigned short)program.size;
    if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC,
                &code) != 0)
        return error_errno(error, errno, "cannot filter system calls");
    return 0;
}

void jail_filter_die(void)
{
    for (;;)
        syscall(FATAL_CALL, 0, 0, 0, 0);
}
