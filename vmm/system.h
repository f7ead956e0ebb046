/*
 * The system region of a unikernel: descriptor tables, ring-0 stub, library
 * OS and page tables, laid out as guests/unikernel/layout.h says.
 */
#ifndef RINGSIDE_VMM_SYSTEM_H
#define RINGSIDE_VMM_SYSTEM_H

#include "guests/unikernel/page_tables.h"
#include "oci/error.h"
#include "vmm/memory.h"

#include <stdint.h>

/*
 * Fills the system region of fresh guest memory and maps it. tables is set up
 * for more mappings; *entry is the library OS's first instruction. Errors:
 * -EINVAL where the built-in library OS does not fit the layout.
 */
int system_load(const struct guest_memory *memory, struct page_tables *tables,
                uint64_t *entry, struct error *error);

#endif
