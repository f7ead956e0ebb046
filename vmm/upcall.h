/*
 * Upcalls: getting the library OS's attention while the program runs, by a
 * timer that the library OS asked for or a signal to the VMM that the program
 * handles. There is no interrupt controller in this: the vCPU is stopped, and
 * where it stands in the program its registers are changed as an interrupt
 * would have. guests/unikernel/layout.h has the contract.
 */
#ifndef RINGSIDE_VMM_UPCALL_H
#define RINGSIDE_VMM_UPCALL_H

#include "oci/error.h"
#include "vmm/unikernel.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * Does what interrupt_watch does, and watches further signals that a program
 * may handle. Errors: of sigaction.
 */
int upcall_watch(struct kvm_run *run, struct error *error);

/* One upcall in so many ns instead of the one asked for before; 0: none. */
int upcall_set_timer(uint64_t duration_ns);

/* Whether there is something to tell, so that nothing may block now. */
bool upcall_due(void);

/*
 * Tells the guest what there is to tell; before every entry. Returns 0; -EINTR
 * where a signal came that the program does not handle, and that ends the
 * guest; or the error of a failed call.
 */
int upcall_deliver(struct unikernel *unikernel, struct error *error);

#endif
