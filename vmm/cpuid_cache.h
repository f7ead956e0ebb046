/*
 * The answer of KVM_GET_SUPPORTED_CPUID, kept from one run to the next. KVM
 * executes CPUID some 75 times for it, and where KVM is itself a guest each of
 * them traps to the hypervisor below: a fifth of a unikernel's start.
 *
 * The answer depends on processor, kernel, KVM module and its parameters. None
 * of them changes while the system is up and /dev/kvm is the same node (it is
 * made anew when the module is loaded again), so boot id, kernel release and
 * that node's identity are the key.
 *
 * The file lies where the state of containers does, in a directory of the
 * user's own, and is believed only if it is that user's and nobody else can
 * write to it, has the key, the right size and its checksum. It is written
 * beside and renamed, so that no reader sees half of it. Whatever is wrong with
 * it, KVM is asked instead.
 */
#ifndef RINGSIDE_VMM_CPUID_CACHE_H
#define RINGSIDE_VMM_CPUID_CACHE_H

#include "vmm/cpuid.h"

#include <stdbool.h>

/* Fills the table from the file at path; false where KVM is to be asked. */
bool cpuid_cache_read(const char *path, int kvm, union cpuid_table *table);

/* Keeps the table at path for later runs; where it cannot, nothing is lost. */
void cpuid_cache_write(const char *path, int kvm,
                       const union cpuid_table *table);

#endif
