/*
 * Pages by their index in a file: a tree with 64 ways at each level, as high
 * as the highest index needs, so that a file may have holes of any size.
 */
#ifndef RINGSIDE_UNIKERNEL_PAGE_MAP_H
#define RINGSIDE_UNIKERNEL_PAGE_MAP_H

#include <stdbool.h>
#include <stdint.h>

/* Zeroed: empty. The map owns its pages, which are of the heap. */
struct page_map {
    void *root;      /* a page where height is 0, else a table */
    uint32_t height; /* levels of tables */
    uint64_t count;  /* pages in the map */
};

/* The page at an index, or NULL. */
void *page_map_get(const struct page_map *map, uint64_t index);

/* Puts a page where there is none. Returns whether memory was enough. */
bool page_map_put(struct page_map *map, uint64_t index, void *page);

/* The first index at or after this one that has a page, or UINT64_MAX. */
uint64_t page_map_next(const struct page_map *map, uint64_t index);

/* Frees the pages of [first, end). */
void page_map_remove(struct page_map *map, uint64_t first, uint64_t end);

#endif
