/*
 * The host's terminal for a unikernel whose standard streams are one. The
 * guest may read its attributes and size and set its attributes, and no more.
 * What it was like is put back when the guest has ended.
 */
#ifndef RINGSIDE_VMM_TERMINAL_H
#define RINGSIDE_VMM_TERMINAL_H

#include "guests/unikernel/hypercall.h"
#include "vmm/memory.h"

#include <stdint.h>

/*
 * Serves HYPERCALL_TERMINAL: 0 or more, or a negative errno: -EFAULT for a
 * range outside guest memory, -EINVAL for a length that is not the request's,
 * -ENOTTY for a request that is not allowed or a stream that is no terminal.
 */
int64_t terminal_serve(const struct guest_memory *memory,
                       const struct hypercall_terminal *call);

/* Undoes what the guest set. */
void terminal_restore(void);

#endif
