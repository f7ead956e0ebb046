/* What the kernel that this program runs on keeps of its machine's memory. */
#ifndef RINGSIDE_WORKLOAD_KERNEL_MEMORY_H
#define RINGSIDE_WORKLOAD_KERNEL_MEMORY_H

#include <stdint.h>

/*
 * Bytes that no program can ever have: what the page allocator was never given
 * (the kernel's text, its data, its table of pages), and of what it was given
 * slabs, page tables, data of each processor and what is mapped by vmalloc
 * (modules; stacks). 0 where /proc does not tell.
 *
 * Source: proc_meminfo(5); mm/vmstat.c for /proc/zoneinfo.
 */
uint64_t kernel_memory(void);

#endif
