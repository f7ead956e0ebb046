/* The tree of a file's pages; see page_map.h. */
#include "guests/unikernel/page_map.h"

#include "guests/unikernel/heap.h"

#include <stddef.h>

enum { WAY_BITS = 6, WAYS = 1 << WAY_BITS, HEIGHT_MAX = 11 };

struct table {
    void *at[WAYS];
};

/* Indexes that a tree of this height covers, less one. */
static uint64_t last_index(uint32_t height)
{
    return height >= HEIGHT_MAX ? UINT64_MAX : (1ull << height * WAY_BITS) - 1;
}

static unsigned way(uint64_t index, uint32_t level)
{
    return index >> (level - 1) * WAY_BITS & (WAYS - 1);
}

void *page_map_get(const struct page_map *map, uint64_t index)
{
    void *at = map->root;

    if (index > last_index(map->height))
        return NULL;
    for (uint32_t level = map->height; level > 0 && at != NULL; level--)
        at = ((struct table *)at)->at[way(index, level)];
    return at;
}

/* Puts tables above the root until the index is covered. */
static bool raise(struct page_map *map, uint64_t index)
{
    while (index > last_index(map->height)) {
        if (map->root != NULL) {
            struct table *table = heap_allocate_zeroed(sizeof(*table));

            if (table == NULL)
                return false;
            table->at[0] = map->root;
            map->root = table;
        }
        map->height++;
    }
    return true;
}

bool page_map_put(struct page_map *map, uint64_t index, void *page)
{
    void **at = &map->root;

    if (!raise(map, index))
        return false;
    for (uint32_t level = map->height; level > 0; level--) {
        if (*at == NULL)
            *at = heap_allocate_zeroed(sizeof(struct table));
        if (*at == NULL)
            return false;
        at = &((struct table *)*at)->at[way(index, level)];
    }
    *at = page;
    map->count++;
    return true;
}

/* The same below one table, which covers what base begins. */
static uint64_t next_below(void *at, uint32_t level, uint64_t index)
{
    uint64_t span, base;

    if (at == NULL)
        return UINT64_MAX;
    if (level == 0)
        return index;
    span = 1ull << (level - 1) * WAY_BITS;
    base = index & ~last_index(level);
    for (unsigned i = way(index, level); i < WAYS; i++) {
        uint64_t from = base + i * span, found;

        found = next_below(((struct table *)at)->at[i], level - 1,
                           from > index ? from : index);
        if (found != UINT64_MAX)
            return found;
    }
    return UINT64_MAX;
}

uint64_t page_map_next(const struct page_map *map, uint64_t index)
{
    if (index > last_index(map->height))
        return UINT64_MAX;
    return next_below(map->root, map->height, index);
}

static bool is_empty(const struct table *table)
{
    for (unsigned i = 0; i < WAYS; i++) {
        if (table->at[i] != NULL)
            return false;
    }
    return true;
}

/* Frees what is in [first, end) below *at, whose first index is base. */
static void remove_below(struct page_map *map, void **at, uint32_t level,
                         uint64_t base, uint64_t first, uint64_t end)
{
    uint64_t span;

    if (*at == NULL || base >= end || base + last_index(level) < first)
        return;
    if (level == 0) {
        heap_free(*at);
        *at = NULL;
        map->count--;
        return;
    }
    span = 1ull << (level - 1) * WAY_BITS;
    for (unsigned i = 0; i < WAYS; i++)
        remove_below(map, &((struct table *)*at)->at[i], level - 1,
                     base + i * span, first, end);
    if (is_empty(*at)) {
        heap_free(*at);
        *at = NULL;
    }
}

void page_map_remove(struct page_map *map, uint64_t first, uint64_t end)
{
    remove_below(map, &map->root, map->height, 0, first, end);
    if (map->root == NULL)
        map->height = 0;
}
