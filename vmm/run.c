/*
 * The run loop: enter the guest, serve what it came out for, until it ends.
 * An exit that this VMM has no use for ends the guest with the reason, the
 * instruction pointer and the bytes there.
 */
#include "guests/unikernel/hypercall.h"
#include "guests/unikernel/layout.h"
#include "vmm/hypercalls.h"
#include "vmm/interrupt.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>

enum { SIGNAL_BASE = 128, CODE_BYTES = 8 };

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
static void describe_code(const struct unikernel *unikernel, uint64_t rip,
                          char *text, size_t size)
{
    struct kvm_translation at = {.linear_address = rip};
    unsigned char code[CODE_BYTES];
    size_t used = 0;

    snprintf(text, size, " not readable");
    if (ioctl(unikernel->vm.vcpu, KVM_TRANSLATE, &at) < 0 || !at.valid ||
        guest_memory_read(&unikernel->memory,
                          (struct guest_addr){at.physical_address}, code,
                          sizeof(code)) < 0)
        return;
    for (size_t i = 0; i < sizeof(code); i++)
        used += (size_t)snprintf(text + used, size - used, " %02x", code[i]);
}

/* An exit that ends the VM: the error says all that KVM tells. */
static int unexpected_exit(const struct unikernel *unikernel,
                           struct error *error)
{
    const struct kvm_run *run = unikernel->vm.run;
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
    ioctl(unikernel->vm.vcpu, KVM_GET_REGS, &regs);
    describe_code(unikernel, regs.rip, code, sizeof(code));
    return error_set(error, EIO,
                     "the guest stopped: %s%s, exit reason %u, at rip %#" PRIx64
                     ", code%s",
                     exit_name(run->exit_reason), detail, run->exit_reason,
                     (uint64_t)regs.rip, code);
}

/*
 * Port I/O that is no hypercall: under Linux the same instruction would have
 * been refused with a general protection fault.
 */
static void stray_port(struct unikernel *unikernel)
{
    struct kvm_regs regs = {0};

    ioctl(unikernel->vm.vcpu, KVM_GET_REGS, &regs);
    unikernel->end.ended = true;
    unikernel->end.exit_status = SIGNAL_BASE + SIGSEGV;
    error_set(
        &unikernel->end.diagnostic, EFAULT,
        "guest ended by SIGSEGV: access to I/O port %#x, at rip %#" PRIx64,
        unikernel->vm.run->io.port, (uint64_t)regs.rip);
}

static bool is_hypercall(const struct kvm_run *run)
{
    return run->io.direction == KVM_EXIT_IO_OUT &&
           run->io.size == sizeof(uint32_t) && run->io.count == 1 &&
           run->io.port >= HYPERCALL_PORT &&
           run->io.port < HYPERCALL_PORT + HYPERCALL_COUNT &&
           run->io.data_offset <= PAGE_SIZE * 16;
}

static int serve_port(struct unikernel *unikernel, struct error *error)
{
    const struct kvm_run *run = unikernel->vm.run;
    uint32_t address;
    int status;

    if (!is_hypercall(run) ||
        run->io.data_offset > unikernel->vm.run_size - sizeof(address)) {
        stray_port(unikernel);
        return 0;
    }
    address = *(const uint32_t *)((const char *)run + run->io.data_offset);
    status = hypercall_serve(unikernel, run->io.port - HYPERCALL_PORT,
                             (struct guest_addr){address});
    if (status == -EINVAL || status == -EFAULT)
        return error_set(error, EPROTO,
                         "the guest made hypercall %u with a structure at %#x, "
                         "which is not inside its memory or not aligned",
                         run->io.port - HYPERCALL_PORT, address);
    return status;
}

static int enter(struct unikernel *unikernel, struct error *error)
{
    if (ioctl(unikernel->vm.vcpu, KVM_RUN, 0) == 0)
        return 0;
    if (errno == EINTR || errno == EAGAIN)
        return -EINTR;
    if (errno == EFAULT)
        return error_set(error, EFAULT,
                         "the host has no memory left for the guest");
    return error_errno(error, errno, "KVM_RUN");
}

int unikernel_run(struct unikernel *unikernel, struct error *error)
{
    while (!unikernel->end.ended) {
        int status;

        if (interrupt_pending() != 0)
            return -EINTR;
        status = enter(unikernel, error);
        if (status == -EINTR)
            continue;
        if (status < 0)
            return status;
        if (unikernel->vm.run->exit_reason == KVM_EXIT_IO)
            status = serve_port(unikernel, error);
        else if (unikernel->vm.run->exit_reason != KVM_EXIT_INTR)
            status = unexpected_exit(unikernel, error);
        if (status < 0)
            return status;
    }
    return 0;
}
