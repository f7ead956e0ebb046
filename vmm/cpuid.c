/* CPUID tables; see cpuid.h. */
#include "vmm/cpuid.h"

#include "oci/cleanup.h"
#include "oci/state.h"
#include "vmm/cpuid_cache.h"

#include <errno.h>
#include <sys/ioctl.h>

static int ask_kvm(const struct vm *vm, union cpuid_table *table,
                   struct error *error)
{
    table->head.nent = CPUID_ENTRIES;
    if (ioctl(vm->kvm, KVM_GET_SUPPORTED_CPUID, table) < 0)
        return error_errno(error, errno, "KVM_GET_SUPPORTED_CPUID");
    return 0;
}

int cpuid_supported(const struct vm *vm, union cpuid_table *table,
                    struct error *error)
{
    _cleanup_free_ char *path = NULL;
    struct error ignored = {0};
    int status;

    if (state_default_root("cpuid", &path, &ignored) < 0)
        return ask_kvm(vm, table, error);
    if (cpuid_cache_read(path, vm->kvm, table))
        return 0;
    status = ask_kvm(vm, table, error);
    if (status == 0)
        cpuid_cache_write(path, vm->kvm, table);
    return status;
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
