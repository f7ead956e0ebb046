/* Runs of pages for heap.c; see there for who calls it. */
#ifndef RINGSIDE_UNIKERNEL_HEAP_PAGES_H
#define RINGSIDE_UNIKERNEL_HEAP_PAGES_H

#include <stdint.h>

/*
 * A run of count pages, content undefined, or NULL when guest memory is full.
 */
void *heap_pages_allocate(uint64_t count);

/* Gives a whole run back by its first byte. */
void heap_pages_free(void *memory);

#endif
