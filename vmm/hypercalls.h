/* The VMM's side of guests/unikernel/hypercall.h. */
#ifndef RINGSIDE_VMM_HYPERCALLS_H
#define RINGSIDE_VMM_HYPERCALLS_H

#include "vmm/unikernel.h"

#include <stdint.h>

/*
 * Serves the hypercall of this number whose structure lies at address. What
 * the call can report goes back to the guest; -EINVAL and -EFAULT mean that
 * the guest broke the protocol (no such number, structure unaligned or
 * outside memory). -EINTR: interrupted while blocking.
 */
int hypercall_serve(struct unikernel *unikernel, unsigned int number,
                    struct guest_addr address);

#endif
