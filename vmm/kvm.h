/*
 * The KVM API, as far as the VMM needs it: each call checked and its failure
 * told in words.
 * Source: Linux Documentation/virt/kvm/api.rst.
 */
#ifndef RINGSIDE_VMM_KVM_H
#define RINGSIDE_VMM_KVM_H

#include "oci/error.h"
#include "vmm/memory.h"

#include <linux/kvm.h>
#include <stddef.h>
#include <stdint.h>

/* A virtual machine: its memory is the caller's. */
struct vm {
    int kvm; /* /dev/kvm */
    int vm;
    size_t run_size; /* bytes of each vCPU's run structure */
};

/* One of its processors. */
struct vcpu {
    int fd;
    struct kvm_run *run;
    size_t run_size;
};

/* Empty ones, for releasing on every path. */
#define VM_NONE   ((struct vm){.kvm = -1, .vm = -1})
#define VCPU_NONE ((struct vcpu){.fd = -1})

/*
 * Opens /dev/kvm and makes a VM over the memory. Errors: the errno of the
 * failed call; those of opening /dev/kvm say what to do. The caller releases
 * it.
 */
int vm_create(struct vm *vm, const struct guest_memory *memory,
              struct error *error);

/*
 * Gives the vCPUs that are made from now on a local APIC in the kernel, and no
 * other interrupt controller. A guest that takes no interrupts has no use for
 * it, but the first vCPU of the host without one makes KVM patch its own code
 * on every processor, and so does the end of the last: 0.3 ms a start. Where
 * the kernel cannot (before Linux 4.4), nothing changes; nor where the memory
 * reaches the APIC's own page, which some processors take out of it.
 */
void vm_give_local_apics(const struct vm *vm,
                         const struct guest_memory *memory);

/*
 * Tells KVM of the memory that was held back; once is enough. Errors: the errno
 * of the failed call.
 */
int vm_add_held_memory(const struct vm *vm, struct guest_memory *memory,
                       struct error *error);

/* Closes it; an empty one is fine. */
void vm_release(struct vm *vm);

/*
 * Adds the vCPU with this index (its APIC id). Errors: of the failed call. The
 * caller releases it.
 */
int vcpu_create(const struct vm *vm, unsigned int index, struct vcpu *vcpu,
                struct error *error);
void vcpu_release(struct vcpu *vcpu);

/*
 * Has KVM do what it does at the first KVM_RUN of a VM, without entering the
 * guest: it makes a thread of its own, which counts as one of ours (Linux
 * arch/x86/kvm/mmu/mmu.c, kvm_mmu_post_init_vm). Behind a limit of processes
 * it would answer EAGAIN for ever. Errors: of KVM_RUN.
 */
int vcpu_enter_once(const struct vcpu *vcpu, struct error *error);

/*
 * Name of the kernel module behind /dev/kvm: "kvm_intel", "kvm_amd",
 * "kvm_pvm", or "unknown".
 */
const char *kvm_backend(void);

#endif
