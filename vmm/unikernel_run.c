/*
 * The run loop: enter the guest, serve what it came out for, until it ends.
 * An exit that this VMM has no use for ends the guest with the reason, the
 * instruction pointer and the bytes there.
 */
#include "guests/unikernel/hypercall.h"
#include "guests/unikernel/layout.h"
#include "vmm/exits.h"
#include "vmm/hypercalls.h"
#include "vmm/upcall.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/ioctl.h>

enum { SIGNAL_BASE = 128 };

/* Ends the guest as Linux ends a program that goes where it may not. */
static void end_by_segv(struct unikernel *unikernel, const char *what,
                        uint64_t where)
{
    struct kvm_regs regs = {0};

    ioctl(unikernel->vcpu.fd, KVM_GET_REGS, &regs);
    unikernel->end.ended = true;
    unikernel->end.exit_status = SIGNAL_BASE + SIGSEGV;
    error_set(&unikernel->end.diagnostic, EFAULT,
              "guest ended by SIGSEGV: %s %#" PRIx64 ", at rip %#" PRIx64, what,
              where, (uint64_t)regs.rip);
}

/*
 * Port I/O that is no hypercall: under Linux the same instruction would have
 * been refused with a general protection fault.
 */
static void stray_port(struct unikernel *unikernel)
{
    end_by_segv(unikernel, "access to I/O port", unikernel->vcpu.run->io.port);
}

/*
 * A guest that has edited its own page tables can reach beyond its memory,
 * and write to where the root file system is: there is nothing it could change.
 */
static void stray_memory(struct unikernel *unikernel)
{
    const uint64_t address = unikernel->vcpu.run->mmio.phys_addr;
    const uint64_t root = root_archive_address(&unikernel->memory).value;

    if (address >= root && address - root < unikernel->root.size)
        end_by_segv(unikernel,
                    "write to the read-only root file system, guest-physical",
                    address);
    else
        end_by_segv(unikernel, "access outside guest memory, guest-physical",
                    address);
}

static bool is_hypercall(const struct kvm_run *run)
{
    return run->io.direction == KVM_EXIT_IO_OUT &&
           run->io.size == sizeof(uint32_t) && run->io.count == 1 &&
           run->io.port >= HYPERCALL_PORT &&
           run->io.port < HYPERCALL_PORT + HYPERCALL_COUNT &&
           run->io.data_offset <= PAGE_SIZE * 16;
}

static int serve_call(struct unikernel *unikernel, uint32_t number,
                      uint32_t address, struct error *error)
{
    int status =
        hypercall_serve(unikernel, number, (struct guest_addr){address});

    if (unikernel->failure.code != 0) {
        *error = unikernel->failure;
        return -error->code;
    }
    if (status == -EINVAL || status == -EFAULT)
        return error_set(error, EPROTO,
                         "the guest made hypercall %u with a structure at %#x, "
                         "which is not inside its memory or not aligned",
                         number, address);
    return status;
}

static int serve_port(struct unikernel *unikernel, struct error *error)
{
    const struct kvm_run *run = unikernel->vcpu.run;
    uint32_t address;

    if (!is_hypercall(run) ||
        run->io.data_offset > unikernel->vcpu.run_size - sizeof(address)) {
        stray_port(unikernel);
        return 0;
    }
    address = *(const uint32_t *)((const char *)run + run->io.data_offset);
    return serve_call(unikernel, run->io.port - HYPERCALL_PORT, address, error);
}

static int enter(struct unikernel *unikernel, struct error *error)
{
    if (ioctl(unikernel->vcpu.fd, KVM_RUN, 0) == 0)
        return 0;
    if (errno == EINTR || errno == EAGAIN)
        return -EINTR;
    if (errno == EFAULT)
        return error_set(error, EFAULT,
                         "the host has no memory left for the guest");
    return error_errno(error, errno, "KVM_RUN");
}

/*
 * An `out` is only complete, and the registers those after it, once KVM_RUN was
 * entered again. Source: Linux Documentation/virt/kvm/api.rst, KVM_RUN.
 */
static int settle(struct unikernel *unikernel, struct error *error)
{
    int status;

    unikernel->vcpu.run->immediate_exit = 1;
    status = enter(unikernel, error);
    unikernel->vcpu.run->immediate_exit = 0;
    return status == -EINTR ? 0 : status;
}

int unikernel_resume(struct unikernel *unikernel, struct error *error)
{
    int status;

    unikernel->paused = false;
    unikernel->recorder = NULL;
    status = serve_call(unikernel, unikernel->pending.number,
                        unikernel->pending.address, error);
    return status < 0 ? status : unikernel_run(unikernel, error);
}

int unikernel_run(struct unikernel *unikernel, struct error *error)
{
    while (!unikernel->end.ended) {
        int status;

        /* Before looking what is due: what comes later is not lost. */
        unikernel->vcpu.run->immediate_exit = 0;
        atomic_signal_fence(memory_order_seq_cst);
        status = upcall_deliver(unikernel, error);
        if (status < 0)
            return status;
        status = enter(unikernel, error);
        if (status == -EINTR)
            continue;
        if (status < 0)
            return status;
        if (unikernel->vcpu.run->exit_reason == KVM_EXIT_IO)
            status = serve_port(unikernel, error);
        else if (unikernel->vcpu.run->exit_reason == KVM_EXIT_MMIO)
            stray_memory(unikernel);
        else if (unikernel->vcpu.run->exit_reason != KVM_EXIT_INTR)
            status =
                exit_unexpected(&unikernel->vcpu, &unikernel->memory, error);
        if (status < 0)
            return status;
        if (unikernel->paused)
            return settle(unikernel, error);
    }
    return 0;
}
