/*
 * What a Linux kernel is told at its entry, and the state that it is entered
 * in: boot parameters, command line, memory map, registers.
 * Source: Linux Documentation/arch/x86/boot.rst (64-bit boot protocol), Xen
 * public/arch-x86/hvm/start_info.h (PVH).
 */
#ifndef RINGSIDE_VMM_LINUX_BOOT_H
#define RINGSIDE_VMM_LINUX_BOOT_H

#include "oci/error.h"
#include "vmm/linux_kernel.h"
#include "vmm/memory.h"

#include <linux/kvm.h>
#include <stdint.h>

struct linux_boot {
    const struct linux_kernel *kernel;
    const char *command_line;
    uint64_t initramfs; /* guest-physical */
    uint64_t initramfs_size;
    uint64_t rsdp; /* guest-physical address of the ACPI root pointer */
};

/*
 * Writes all of it into guest memory. Errors: -E2BIG for a command line that
 * is too long, -ENOMEM where memory is too small for it.
 */
int linux_boot_write(const struct guest_memory *memory,
                     const struct linux_boot *boot, struct error *error);

/*
 * The first vCPU's registers for the kernel's protocol. sregs comes in as
 * KVM_GET_SREGS gave it.
 */
void linux_boot_registers(const struct linux_kernel *kernel,
                          struct kvm_sregs *sregs, struct kvm_regs *regs);

#endif
