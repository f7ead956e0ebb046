/*
 * The VMM's side of guests/linux/process_spec.h: a bundle's process, for the
 * init of a Linux guest.
 */
#ifndef RINGSIDE_VMM_PROCESS_SPEC_H
#define RINGSIDE_VMM_PROCESS_SPEC_H

#include "oci/bundle.h"
#include "oci/error.h"
#include "vmm/buffer.h"

#include <stdint.h>

/* What the guest's eth0 is to be; IPv4 as numbers, 0x0a000002 is 10.0.0.2. */
struct guest_network {
    uint32_t address;
    uint32_t gateway; /* 0: none */
    uint32_t prefix;  /* bits, 0..32 */
};

/*
 * Adds the process specification to the buffer. network may be NULL: no
 * address. Mounts of host directories become what they show (proc, sysfs), or
 * are refused: a guest has no part in the host's files. Errors: -ENOTSUP for
 * what a guest cannot be given, -E2BIG past the format's bounds, -ENOMEM.
 */
int process_spec_write(const struct bundle *bundle,
                       const struct guest_network *network,
                       struct buffer *buffer, struct error *error);

#endif
