/* The CPUID leaves that KVM can give a guest. */
#ifndef RINGSIDE_VMM_CPUID_H
#define RINGSIDE_VMM_CPUID_H

#include "oci/error.h"
#include "vmm/kvm.h"

#include <stdint.h>

enum { CPUID_ENTRIES = 256 };

/* struct kvm_cpuid2 with room for its entries. */
union cpuid_table {
    struct kvm_cpuid2 head;
    char storage[sizeof(struct kvm_cpuid2) +
                 CPUID_ENTRIES * sizeof(struct kvm_cpuid_entry2)];
};

/*
 * All that this host's KVM supports, from an earlier run where one has kept it
 * (cpuid_cache.h). Errors: of the ioctl.
 */
int cpuid_supported(const struct vm *vm, union cpuid_table *table,
                    struct error *error);

/* The entry of a leaf, NULL where there is none. */
struct kvm_cpuid_entry2 *cpuid_find(union cpuid_table *table, uint32_t function,
                                    uint32_t index);

/* Gives the table to a vCPU. Errors: of the ioctl. */
int cpuid_give(const struct vcpu *vcpu, const union cpuid_table *table,
               struct error *error);

#endif
