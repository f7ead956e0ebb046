/*
 * What a microVM boots, put into its memory: kernel, initramfs, command line,
 * ACPI tables.
 */
#ifndef RINGSIDE_VMM_MICROVM_LOAD_H
#define RINGSIDE_VMM_MICROVM_LOAD_H

#include "vmm/linux_kernel.h"
#include "vmm/microvm.h"

/*
 * Loads all of it as the configuration says, for the devices that are already
 * in their slots; kernel is filled for the processors. Errors: -ENOENT where
 * there is no kernel, -ENOMEM and -ENOSPC where memory is too small, those of
 * linux_kernel_load and initramfs_build.
 */
int microvm_load(struct microvm *microvm, const struct bundle *bundle,
                 struct linux_kernel *kernel, struct error *error);

#endif
