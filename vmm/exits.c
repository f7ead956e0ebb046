/* Telling why a VM cannot go on; see exits.h. */
#include "vmm/exits.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/ioctl.h>

enum { CODE_BYTES = 8 };

static const char *const exit_names[] = {
    [KVM_EXIT_UNKNOWN] = "unknown",
    [KVM_EXIT_EXCEPTION] = "exception",
    [KVM_EXIT_IO] = "port I/O",
    [KVM_EXIT_DEBUG] = "debug",
    [KVM_EXIT_HLT] = "halt",
    [KVM_EXIT_MMIO] = "access outside guest memory",
    [KVM_EXIT_SHUTDOWN] = "triple fault",
    [KVM_EXIT_FAIL_ENTRY] = "entry refused by the processor",
    [KVM_EXIT_INTR] = "interrupted",
    [KVM_EXIT_INTERNAL_ERROR] = "KVM cannot emulate the instruction",
};

static const char *exit_name(uint32_t reason)
{
    if (reason < sizeof(exit_names) / sizeof(exit_names[0]) &&
        exit_names[reason] != NULL)
        return exit_names[reason];
    return "unexpected exit";
}

/* The first bytes at rip, by KVM's own walk of the guest's page tables. */
static void describe_code(const struct vcpu *vcpu,
                          const struct guest_memory *memory, uint64_t rip,
                          char *text, size_t size)
{
    struct kvm_translation at = {.linear_address = rip};
    unsigned char code[CODE_BYTES];
    size_t used = 0;

    snprintf(text, size, " not readable");
    if (ioctl(vcpu->fd, KVM_TRANSLATE, &at) < 0 || !at.valid ||
        guest_memory_read(memory, (struct guest_addr){at.physical_address},
                          code, sizeof(code)) < 0)
        return;
    for (size_t i = 0; i < sizeof(code); i++)
        used += (size_t)snprintf(text + used, size - used, " %02x", code[i]);
}

int exit_unexpected(const struct vcpu *vcpu, const struct guest_memory *memory,
                    struct error *error)
{
    const struct kvm_run *run = vcpu->run;
    struct kvm_regs regs = {0};
    char code[CODE_BYTES * 3 + 16], detail[64] = "";

    if (run->exit_reason == KVM_EXIT_INTERNAL_ERROR)
        snprintf(detail, sizeof(detail), " (suberror %u)",
                 run->internal.suberror);
    else if (run->exit_reason == KVM_EXIT_FAIL_ENTRY)
        snprintf(detail, sizeof(detail), " (hardware reason %#" PRIx64 ")",
                 (uint64_t)run->fail_entry.hardware_entry_failure_reason);
    else if (run->exit_reason == KVM_EXIT_MMIO)
        snprintf(detail, sizeof(detail), " (guest-physical %#" PRIx64 ")",
                 (uint64_t)run->mmio.phys_addr);
    ioctl(vcpu->fd, KVM_GET_REGS, &regs);
    describe_code(vcpu, memory, regs.rip, code, sizeof(code));
    return error_set(error, EIO,
                     "the guest stopped: %s%s, exit reason %u, at rip %#" PRIx64
                     ", code%s",
                     exit_name(run->exit_reason), detail, run->exit_reason,
                     (uint64_t)regs.rip, code);
}
