/*
 * Memory for the workloads that measure it: straight from mmap, zero-filled
 * and not yet touched, in whole MiB.
 */
#ifndef RINGSIDE_WORKLOAD_MEMORY_H
#define RINGSIDE_WORKLOAD_MEMORY_H

#include <stddef.h>

enum {
    MIB = 1 << 20,
    SMALL_PAGE_SIZE = 4096,
    LINE_SIZE = 64,         /* cache line */
    MEMORY_MAXIMUM = 65536, /* MiB that an option may ask for */
};

/* Fresh private memory; NULL after report_failure. */
void *memory_map(size_t size);

/* Gives memory of memory_map back. */
void memory_unmap(void *memory, size_t size);

#endif
