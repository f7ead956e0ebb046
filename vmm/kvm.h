/*
 * The KVM API, as far as one VM with one vCPU needs it: each call checked and
 * its failure told in words.
 * Source: Linux Documentation/virt/kvm/api.rst.
 */
#ifndef RINGSIDE_VMM_KVM_H
#define RINGSIDE_VMM_KVM_H

#include "oci/error.h"
#include "vmm/memory.h"

#include <linux/kvm.h>
#include <stdint.h>

struct vm {
    int kvm;  /* /dev/kvm */
    int vm;   /* the virtual machine */
    int vcpu; /* its processor */
    struct kvm_run *run;
    size_t run_size;
    uint64_t xcr0; /* what the vCPU was given, 0 without XSAVE */
    uint64_t tsc_khz;
};

/*
 * Opens /dev/kvm and makes a VM with one vCPU over the memory. Errors: the
 * errno of the failed call; -ENOENT and -EACCES for /dev/kvm itself say what
 * to do. The caller releases it.
 */
int vm_create(struct vm *vm, const struct guest_memory *memory,
              struct error *error);

/* Closes everything; a structure of zeros with descriptors -1 is fine. */
void vm_release(struct vm *vm);

/* An empty vm, for vm_release on every path. */
#define VM_NONE                         \
    (struct vm)                         \
    {                                   \
        .kvm = -1, .vm = -1, .vcpu = -1 \
    }

/*
 * Name of the kernel module behind /dev/kvm: "kvm_intel", "kvm_amd",
 * "kvm_pvm", or "unknown".
 */
const char *kvm_backend(void);

#endif
