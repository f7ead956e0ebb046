/* The processors of a microVM: what they are and the threads that run them. */
#ifndef RINGSIDE_VMM_MICROVM_PROCESSOR_H
#define RINGSIDE_VMM_MICROVM_PROCESSOR_H

#include "vmm/linux_kernel.h"
#include "vmm/microvm.h"

/*
 * Makes all processors with the host's CPUID (hypervisor bit set, APIC ids
 * their own) and sets the first to enter the kernel. The others wait for the
 * kernel to wake them. Errors of KVM.
 */
int microvm_processors_create(struct microvm *microvm,
                              const struct linux_kernel *kernel,
                              struct error *error);

/* Starts a thread for each, which waits until they are released. Errors of
 * pthread_create. */
int microvm_processors_start(struct microvm *microvm, struct error *error);

/* Lets them enter the guest. */
void microvm_processors_release(struct microvm *microvm);

/* Gets all of them out of the guest and joins their threads. */
void microvm_processors_stop(struct microvm *microvm);

#endif
