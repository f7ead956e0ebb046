/*
 * What the library OS's files need around them, for tests on the host: memory
 * by malloc, so that the sanitizers see every use of it, and with a bound; a
 * clock that stands; no mappings.
 */
#ifndef RINGSIDE_TESTS_UNIKERNEL_FIXTURE_H
#define RINGSIDE_TESTS_UNIKERNEL_FIXTURE_H

#include "guests/unikernel/address_space.h"
#include "guests/unikernel/clock.h"
#include "guests/unikernel/descriptor.h"
#include "guests/unikernel/file_mapping.h"
#include "guests/unikernel/heap.h"
#include "guests/unikernel/node.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Allocations that are out, and after how many more memory is full. */
static long heap_out, heap_left = INT64_MAX;

void *heap_allocate(uint64_t size)
{
    void *memory;

    if (heap_left == 0)
        return NULL;
    heap_left--;
    memory = aligned_alloc(16, (size + 15) & ~15ul);
    if (memory != NULL) {
        memset(memory, 0xa5, size);
        heap_out++;
    }
    return memory;
}

void *heap_allocate_zeroed(uint64_t size)
{
    void *memory = heap_allocate(size);

    return memory == NULL ? NULL : memset(memory, 0, size);
}

void heap_free(void *memory)
{
    if (memory != NULL)
        heap_out--;
    free(memory);
}

uint64_t address_space_size(void)
{
    return 64 << 20;
}

uint64_t address_space_used(void)
{
    return 1 << 20;
}

uint64_t clock_realtime_ns(void)
{
    return 1000000000;
}

void file_mapping_shrink(struct node *node, uint64_t size)
{
    (void)node;
    (void)size;
}

void file_mapping_grow(struct node *node)
{
    (void)node;
}

static inline struct node_name name_of(const char *text)
{
    return (struct node_name){text, (uint32_t)strlen(text)};
}

#endif
