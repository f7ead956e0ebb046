/*
 * The ACPI tables of a microVM: RSDP, XSDT, FADT (hardware-reduced: no timer,
 * no event blocks to probe), MADT, and the DSDT compiled from dsdt.asl.
 * Source: ACPI specification 6.3, chapter 5.2.
 */
#ifndef RINGSIDE_VMM_ACPI_H
#define RINGSIDE_VMM_ACPI_H

#include "oci/error.h"
#include "vmm/memory.h"

#include <stdint.h>

/*
 * Writes the tables for this many processors; *rsdp is where they begin
 * (guest-physical). Errors: -ENOMEM where memory is too small, -E2BIG where
 * the tables outgrow their place.
 */
int acpi_write(const struct guest_memory *memory, unsigned int processors,
               uint64_t *rsdp, struct error *error);

/* Says which virtio slots are present, a bit each. */
int acpi_set_slots(const struct guest_memory *memory, uint8_t present,
                   struct error *error);

#endif
