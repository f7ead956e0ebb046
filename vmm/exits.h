/* Exits that no guest of this VMM should cause. */
#ifndef RINGSIDE_VMM_EXITS_H
#define RINGSIDE_VMM_EXITS_H

#include "oci/error.h"
#include "vmm/kvm.h"
#include "vmm/memory.h"

/*
 * The error of a vCPU that left the guest for a reason that ends the VM:
 * reason, instruction pointer and the bytes there. Returns -EIO.
 */
int exit_unexpected(const struct vcpu *vcpu, const struct guest_memory *memory,
                    struct error *error);

#endif
