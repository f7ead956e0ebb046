/*
 * Guest memory as the VMM sees it. A guest address is a type of its own that
 * cannot be dereferenced; the only way to the bytes is an accessor that takes
 * address and length and checks both.
 */
#ifndef RINGSIDE_VMM_MEMORY_H
#define RINGSIDE_VMM_MEMORY_H

#include "oci/error.h"

#include <stddef.h>
#include <stdint.h>

/* A guest-physical address, as the guest gave it: not to be trusted. */
struct guest_addr {
    uint64_t value;
};

/*
 * Guest-physical memory: from address 0, and where there is more than fits
 * below the gap that devices need, from 4 GiB on.
 */
struct guest_memory {
    char *host;        /* aligned to 2 MiB; both parts, one after the other */
    uint64_t size;     /* bytes, a multiple of 2 MiB */
    uint64_t low_size; /* of them, those below the gap */
    /* What KVM is not told of at first (vm_add_held_memory); empty: nothing. */
    struct guest_addr held, held_end;
};

#define GUEST_MEMORY_HIGH (4ull << 30)
#define GUEST_MEMORY_GAP  (3ull << 30)

/*
 * Reserves size bytes, rounded up to 2 MiB; the host fills pages with zeros as
 * they are touched. There is no gap: all of it lies from 0 on. Errors:
 * -ENOMEM. The caller releases it.
 */
int guest_memory_create(struct guest_memory *memory, uint64_t size,
                        struct error *error);

/* Leaves [GUEST_MEMORY_GAP, GUEST_MEMORY_HIGH) to devices, as PCs do. */
void guest_memory_leave_gap(struct guest_memory *memory);

/* Gives the memory back to the host; a zeroed structure is fine. */
void guest_memory_release(struct guest_memory *memory);

/*
 * Asks for huge pages in [address, address + length), where the host has
 * them. Advice only: there is nothing to check.
 */
void guest_memory_advise_huge(const struct guest_memory *memory,
                              struct guest_addr address, uint64_t length);

/*
 * The bytes [address, address + length), or NULL where any of them lies
 * outside guest memory. The guest may change them at any time.
 */
void *guest_memory_slice(const struct guest_memory *memory,
                         struct guest_addr address, uint64_t length);

/* Copies between guest and host. Returns 0, or -EFAULT with nothing done. */
int guest_memory_read(const struct guest_memory *memory,
                      struct guest_addr address, void *to, size_t length);
int guest_memory_write(const struct guest_memory *memory,
                       struct guest_addr address, const void *from,
                       size_t length);

#endif
