/*
 * The eBPF program that decides over devices on cgroup v2; see
 * device_rules.h.
 *
 * The kernel calls it for mknod and open with a struct bpf_cgroup_dev_ctx:
 * access and type in one word, major, minor. The rules are asked from the
 * last to the first; one that allows must cover all that is wanted, one that
 * denies any of it.
 * Source: include/uapi/linux/bpf.h; Documentation/bpf/standardization/
 * instruction-set.rst.
 */
#include "cgroup/device_rules.h"

#include "oci/cleanup.h"

#include <string.h>
#include <sys/syscall.h>

enum {
    PER_RULE = 8, /* instructions, at most */
    AROUND = 8,   /* before the first and behind the last */
    TYPE = 2,     /* registers */
    ACCESS = 3,
    MAJOR = 4,
    MINOR = 5,
    WANTED = 6,
};

struct writer {
    struct bpf_insn *program;
    size_t count;
};

static void emit(struct writer *writer, unsigned int code, unsigned int to,
                 unsigned int from, int offset, int32_t value)
{
    writer->program[writer->count++] = (struct bpf_insn){
        .code = (uint8_t)code,
        .dst_reg = (uint8_t)(to & 15),
        .src_reg = (uint8_t)(from & 15),
        .off = (int16_t)offset,
        .imm = value,
    };
}

static void emit_load(struct writer *writer, unsigned int to, size_t offset)
{
    emit(writer, BPF_LDX | BPF_MEM | BPF_W, to, BPF_REG_1, (int)offset, 0);
}

/* Jumps to the next rule if the register compares so; where that is, is put
 * in when the rule is complete. */
static void emit_skip(struct writer *writer, unsigned int comparison,
                      unsigned int reg, int64_t value)
{
    emit(writer, BPF_JMP | comparison | BPF_K, reg, 0, 0, (int32_t)value);
}

static void emit_return(struct writer *writer, bool allow)
{
    emit(writer, BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_0, 0, 0, allow);
    emit(writer, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
}

static void emit_access(struct writer *writer,
                        const struct bundle_device_rule *rule)
{
    const unsigned int all = DEVICE_MAKE | DEVICE_READ | DEVICE_WRITE;

    if (rule->access == all)
        return;
    emit(writer, BPF_ALU64 | BPF_MOV | BPF_X, WANTED, ACCESS, 0, 0);
    emit(writer, BPF_ALU64 | BPF_AND | BPF_K, WANTED, 0, 0,
         (int32_t)(rule->allow ? all & ~rule->access : rule->access));
    emit_skip(writer, rule->allow ? BPF_JNE : BPF_JEQ, WANTED, 0);
}

/* Returns false for a rule that decides always: no other is reached. */
static bool emit_rule(struct writer *writer,
                      const struct bundle_device_rule *rule)
{
    size_t first = writer->count;
    bool conditional;

    if (rule->type != 'a')
        emit_skip(writer, BPF_JNE, TYPE,
                  rule->type == 'b' ? BPF_DEVCG_DEV_BLOCK : BPF_DEVCG_DEV_CHAR);
    emit_access(writer, rule);
    if (rule->major >= 0)
        emit_skip(writer, BPF_JNE, MAJOR, rule->major);
    if (rule->minor >= 0)
        emit_skip(writer, BPF_JNE, MINOR, rule->minor);
    conditional = writer->count > first;
    emit_return(writer, rule->allow);
    for (size_t i = first; i < writer->count; i++) {
        struct bpf_insn *instruction = &writer->program[i];

        if (instruction->code == (BPF_JMP | BPF_JNE | BPF_K) ||
            instruction->code == (BPF_JMP | BPF_JEQ | BPF_K))
            instruction->off = (int16_t)(writer->count - i - 1);
    }
    return conditional;
}

size_t device_program_limit(size_t count)
{
    return count * PER_RULE + AROUND;
}

size_t device_program_build(const struct device_rules *rules,
                            struct bpf_insn *program)
{
    struct writer writer = {.program = program};

    emit_load(&writer, TYPE, offsetof(struct bpf_cgroup_dev_ctx, access_type));
    emit_load(&writer, MAJOR, offsetof(struct bpf_cgroup_dev_ctx, major));
    emit_load(&writer, MINOR, offsetof(struct bpf_cgroup_dev_ctx, minor));
    emit(&writer, BPF_ALU64 | BPF_MOV | BPF_X, ACCESS, TYPE, 0, 0);
    emit(&writer, BPF_ALU64 | BPF_RSH | BPF_K, ACCESS, 0, 0, 16);
    emit(&writer, BPF_ALU64 | BPF_AND | BPF_K, TYPE, 0, 0, 0xffff);
    for (size_t i = rules->count; i > 0; i--) {
        if (!emit_rule(&writer, &rules->rules[i - 1]))
            return writer.count;
    }
    emit_return(&writer, rules->allow);
    return writer.count;
}

static int load(const struct bpf_insn *program, size_t count)
{
    union bpf_attr attributes = {
        .prog_type = BPF_PROG_TYPE_CGROUP_DEVICE,
        .insns = (uint64_t)(uintptr_t)program,
        .insn_cnt = (uint32_t)count,
        .license = (uint64_t)(uintptr_t) "GPL",
    };
    long fd = syscall(SYS_bpf, BPF_PROG_LOAD, &attributes, sizeof(attributes));

    return fd < 0 ? -errno : (int)fd;
}

static int attach(int program, int directory)
{
    union bpf_attr attributes = {
        .target_fd = (uint32_t)directory,
        .attach_bpf_fd = (uint32_t)program,
        .attach_type = BPF_CGROUP_DEVICE,
        .attach_flags = BPF_F_ALLOW_MULTI,
    };

    return syscall(SYS_bpf, BPF_PROG_ATTACH, &attributes, sizeof(attributes)) <
                   0
               ? -errno
               : 0;
}

int device_program_attach(const struct bundle_resources *resources,
                          int directory, struct error *error)
{
    _cleanup_free_ struct bpf_insn *program = NULL;
    _cleanup_close_ int fd = -1;
    struct device_rules rules;
    int status = device_rules_collect(resources, &rules, error);

    if (status < 0)
        return status;
    program = calloc(device_program_limit(rules.count), sizeof(*program));
    if (program != NULL)
        fd = load(program, device_program_build(&rules, program));
    else
        fd = -ENOMEM;
    device_rules_release(&rules);
    status = fd < 0 ? fd : attach(fd, directory);
    return error_status(error, status,
                        "linux.resources.devices: cannot put the "
                        "rules into force");
}
