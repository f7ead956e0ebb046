/* The root file system of the guest in host.h, as the VMM makes them. */
#ifndef RINGSIDE_TESTS_FUZZ_UNIKERNEL_ROOT_H
#define RINGSIDE_TESTS_FUZZ_UNIKERNEL_ROOT_H

#include <stdint.h>

/* Its size in bytes: archive and index, whole pages. */
uint64_t root_size(void);

/* Maps it at the address, to be read only. */
void root_map(uint64_t address);

#endif
