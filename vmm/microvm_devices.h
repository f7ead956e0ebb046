/* The devices of a microVM: made, put on their buses, wired to interrupts. */
#ifndef RINGSIDE_VMM_MICROVM_DEVICES_H
#define RINGSIDE_VMM_MICROVM_DEVICES_H

#include "vmm/microvm.h"

/*
 * Makes all devices that the configuration asks for and connects them: ports
 * and MMIO ranges to the buses, queue notifications by KVM_IOEVENTFD,
 * interrupts by KVM_IRQFD. Errors of the parts and of KVM.
 */
int microvm_devices_create(struct microvm *microvm, struct error *error);

void microvm_devices_release(struct microvm *microvm);

#endif
