/* CPUID tables; see cpuid.h. */
#include "vmm/cpuid.h"

#include <errno.h>
#include <sys/ioctl.h>

int cpuid_supported(const struct vm *vm, union cpuid_table *table,
                    struct error *error)
{
    table->head.nent = CPUID_ENTRIES;
    if (ioctl(vm->kvm, KVM_GET_SUPPORTED_CPUID, table) < 0)
        return error_errno(error, errno, "KVM_GET_SUPPORTED_CPUID");
    return 0;
}

struct kvm_cpuid_entry2 *cpuid_find(union cpuid_table *table, uint32_t function,
                                    uint32_t index)
{
    for (uint32_t i = 0; i < table->head.nent; i++) {
        struct kvm_cpuid_entry2 *entry = &table->head.entries[i];

        if (entry->function == function && entry->index == index)
            return entry;
    }
    return NULL;
}

int cpuid_give(const struct vcpu *vcpu, const union cpuid_table *table,
               struct error *error)
{
    if (ioctl(vcpu->fd, KVM_SET_CPUID2, table) < 0)
        return error_errno(error, errno, "KVM_SET_CPUID2");
    return 0;
}
