/*
 * The library OS's own memory: objects and pages taken from the window, so
 * that files and the program share one memory and whoever asks too much is
 * told so. Nothing is taken before the first allocation.
 */
#ifndef RINGSIDE_UNIKERNEL_HEAP_H
#define RINGSIDE_UNIKERNEL_HEAP_H

#include <stdint.h>

/*
 * Memory of size bytes, aligned to 16 bytes and, where size is a multiple of
 * a page, to a page. Its content is undefined, or zero. NULL when guest
 * memory is full: the caller makes that -ENOMEM, or -ENOSPC for content and
 * names of files.
 */
void *heap_allocate(uint64_t size);
void *heap_allocate_zeroed(uint64_t size);

/* Gives back what heap_allocate returned; NULL is nothing. */
void heap_free(void *memory);

#endif
