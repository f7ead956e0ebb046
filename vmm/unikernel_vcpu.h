/*
 * The vCPU's state at its first instruction: long mode, ring 3, as a program
 * under Linux would find it.
 * Source: Intel SDM volume 3, chapters 2 and 9; AMD64 APM volume 2, 14.
 */
#ifndef RINGSIDE_VMM_UNIKERNEL_VCPU_H
#define RINGSIDE_VMM_UNIKERNEL_VCPU_H

#include "oci/error.h"
#include "vmm/kvm.h"

#include <stdint.h>

/* Where the first instruction and the stack are, and its first argument. */
struct vcpu_start {
    uint64_t entry;           /* guest-virtual */
    uint64_t stack;           /* guest-virtual */
    uint64_t argument;        /* rdi */
    uint64_t page_table_root; /* guest-physical */
};

/*
 * Segment, control and table registers of a unikernel. sregs comes in as
 * KVM_GET_SREGS gave it; what is not set here (the APIC base) stays.
 */
void unikernel_vcpu_registers(const struct vcpu_start *start,
                              struct kvm_sregs *sregs, struct kvm_regs *regs);

/*
 * Gives the vCPU the host's CPUID, vector state (XCR0), TSC, system-call
 * registers and the state of unikernel_vcpu_registers. Errors: the errno of
 * the failed call; -ENOTSUP where the processor lacks what unikernels need.
 */
int unikernel_vcpu_prepare(const struct vm *vm, const struct vcpu *vcpu,
                           const struct vcpu_start *start, struct error *error);

/*
 * What makes up a unikernel's vCPU between two instructions. All else, such as
 * control registers and segments, is the same for every unikernel and is not
 * kept: where it comes back out of a file it can be no other.
 */
struct unikernel_vcpu_state {
    struct kvm_regs regs;
    uint64_t fs_base, gs_base;
    uint64_t page_table_root; /* guest-physical */
    uint64_t xcr0;
    uint64_t features;    /* checksum of the CPUID leaves that name features */
    uint32_t xsave[1024]; /* struct kvm_xsave without its extension */
};

/* Fills in what is the processor's: xcr0 and features. Errors: of
 * cpuid_supported. */
int unikernel_vcpu_describe(const struct vm *vm,
                            struct unikernel_vcpu_state *state,
                            struct error *error);

/* Takes the rest, of a vCPU that is not running. Errors: of the ioctls. */
int unikernel_vcpu_save(const struct vcpu *vcpu,
                        struct unikernel_vcpu_state *state,
                        struct error *error);

/*
 * As unikernel_vcpu_prepare, with a state that was saved; it is not trusted.
 * Errors: -EINVAL where no program can have it, -ENOTSUP where it is another
 * processor's, and those of unikernel_vcpu_prepare.
 */
int unikernel_vcpu_restore(const struct vm *vm, const struct vcpu *vcpu,
                           const struct unikernel_vcpu_state *state,
                           struct error *error);

/* The vCPU's time-stamp counter now, and its frequency. */
int unikernel_vcpu_tsc(const struct vcpu *vcpu, uint64_t *tsc, uint64_t *khz,
                       struct error *error);

#endif
