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

/* The vCPU's time-stamp counter now, and its frequency. */
int unikernel_vcpu_tsc(const struct vcpu *vcpu, uint64_t *tsc, uint64_t *khz,
                       struct error *error);

#endif
