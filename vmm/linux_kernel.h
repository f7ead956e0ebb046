/*
 * Loading a Linux kernel: a bzImage, entered by the 64-bit boot protocol, or
 * an ELF vmlinux with a PVH entry point.
 * Source: Linux Documentation/arch/x86/boot.rst; Xen's
 * docs/misc/pvh.pandoc and elfnote.h.
 */
#ifndef RINGSIDE_VMM_LINUX_KERNEL_H
#define RINGSIDE_VMM_LINUX_KERNEL_H

#include "oci/error.h"
#include "vmm/memory.h"

#include <asm/bootparam.h>
#include <stdint.h>

enum linux_protocol {
    LINUX_BOOT_64, /* bzImage: long mode, boot parameters in rsi */
    LINUX_PVH,     /* vmlinux: 32-bit protected mode, start info in ebx */
};

struct linux_kernel {
    enum linux_protocol protocol;
    uint64_t entry;            /* guest-physical */
    uint64_t end;              /* first byte that the kernel does not need */
    struct setup_header setup; /* of a bzImage */
};

/*
 * Reads the kernel in the open file fd into guest memory; name is for
 * messages. Errors: -ENOEXEC with what the file is instead, -ENOMEM where
 * memory is too small, the errno of reading.
 */
int linux_kernel_load(int fd, const char *name,
                      const struct guest_memory *memory,
                      struct linux_kernel *kernel, struct error *error);

#endif
