/* Walking and editing page tables; see page_tables.h. */
#include "guests/unikernel/page_tables.h"

#include "guests/unikernel/layout.h"

#include <asm/errno.h>

enum { ENTRIES = 512, LEVELS = 4, LEVEL_LARGE = 2, LEVEL_SMALL = 1 };

static uint64_t *table_at(const struct page_tables *tables, uint64_t physical)
{
    return (uint64_t *)((char *)tables->system + (physical & PAGE_ADDRESS));
}

/* Bytes that one entry of a table of this level covers. */
static uint64_t level_span(int level)
{
    return (uint64_t)PAGE_SIZE << (9 * (level - 1));
}

static uint64_t *entry_at(const struct page_tables *tables, uint64_t table,
                          int level, uint64_t virtual)
{
    uint64_t index = (virtual / level_span(level)) % ENTRIES;

    return &table_at(tables, table)[index];
}

/* Takes a zeroed table from the pool; 0 when none is left. */
static uint64_t table_take(struct page_tables *tables)
{
    uint64_t physical = tables->free;

    if (physical != 0) {
        uint64_t *table = table_at(tables, physical);

        tables->free = table[0];
        for (int i = 0; i < ENTRIES; i++)
            table[i] = 0;
        return physical;
    }
    if (tables->next >= tables->pool_end)
        return 0;
    physical = tables->next;
    tables->next += PAGE_SIZE;
    return physical;
}

static void table_give_back(struct page_tables *tables, uint64_t physical)
{
    table_at(tables, physical)[0] = tables->free;
    tables->free = physical & PAGE_ADDRESS;
}

static bool is_leaf(uint64_t entry, int level)
{
    return level == LEVEL_SMALL || (entry & PAGE_LARGE) != 0;
}

/*
 * Accessed and dirty are set ahead, so that the processor (or a hypervisor
 * that shadows these tables) has no reason to write to them.
 */
static uint64_t leaf_entry(uint64_t physical, uint64_t rights, int level)
{
    uint64_t entry = physical | rights | PAGE_ACCESSED | PAGE_DIRTY;

    return level == LEVEL_LARGE ? entry | PAGE_LARGE : entry;
}

/* Turns a 2 MiB page into a table of 4 KiB pages with the same rights. */
static int split_large(struct page_tables *tables, uint64_t *entry)
{
    uint64_t table = table_take(tables);
    uint64_t physical = *entry & PAGE_ADDRESS;
    uint64_t rights = *entry & PAGE_RIGHTS;

    if (table == 0)
        return -ENOMEM;
    for (int i = 0; i < ENTRIES; i++)
        table_at(tables, table)[i] =
            leaf_entry(physical + (uint64_t)i * PAGE_SIZE, rights, LEVEL_SMALL);
    *entry = table | PAGE_PRESENT | PAGE_WRITE | PAGE_USER | PAGE_ACCESSED;
    return 0;
}

/*
 * Finds the entry for virtual at the wanted level, making tables and splitting
 * large pages on the way down. Inner entries allow everything: only leaves
 * restrict.
 */
static int entry_for_map(struct page_tables *tables, uint64_t virtual,
                         int wanted, uint64_t **found)
{
    uint64_t table = tables->root;

    for (int level = LEVELS;; level--) {
        uint64_t *entry = entry_at(tables, table, level, virtual);

        if (level == wanted) {
            *found = entry;
            return 0;
        }
        if (*entry == 0) {
            uint64_t fresh = table_take(tables);

            if (fresh == 0)
                return -ENOMEM;
            *entry =
                fresh | PAGE_PRESENT | PAGE_WRITE | PAGE_USER | PAGE_ACCESSED;
        } else if (is_leaf(*entry, level)) {
            int status = split_large(tables, entry);

            if (status < 0)
                return status;
        }
        table = *entry & PAGE_ADDRESS;
    }
}

static bool fits_large(uint64_t virtual, uint64_t physical, uint64_t length)
{
    return (virtual | physical) % LARGE_PAGE_SIZE == 0 &&
           length >= LARGE_PAGE_SIZE;
}

int page_tables_map(struct page_tables *tables, uint64_t virtual,
                    uint64_t physical, uint64_t length, uint64_t rights)
{
    int flush = 0;

    while (length > 0) {
        int level =
            fits_large(virtual, physical, length) ? LEVEL_LARGE : LEVEL_SMALL;
        uint64_t *entry;
        int status = entry_for_map(tables, virtual, level, &entry);

        if (status < 0)
            return status;
        if (*entry != 0)
            flush = 1;
        if (level == LEVEL_LARGE && *entry != 0 && !(*entry & PAGE_LARGE))
            table_give_back(tables, *entry);
        *entry = leaf_entry(physical, rights, level);
        virtual += level_span(level);
        physical += level_span(level);
        length -= level_span(level);
    }
    return flush;
}

/* The lowest entry on the way to virtual that exists or ends the walk. */
static uint64_t *entry_lookup(const struct page_tables *tables,
                              uint64_t virtual, int *level)
{
    uint64_t table = tables->root;

    for (*level = LEVELS;; (*level)--) {
        uint64_t *entry = entry_at(tables, table, *level, virtual);

        if (*entry == 0 || is_leaf(*entry, *level))
            return entry;
        table = *entry & PAGE_ADDRESS;
    }
}

int page_tables_unmap(struct page_tables *tables, uint64_t virtual,
                      uint64_t length)
{
    int flush = 0;

    while (length > 0) {
        int level;
        uint64_t *entry = entry_lookup(tables, virtual, &level);
        uint64_t span = level_span(level);
        uint64_t step = span - virtual % span;

        if (*entry != 0 && (step < span || length < span)) {
            int status = split_large(tables, entry);

            if (status < 0)
                return status;
            continue;
        }
        if (*entry != 0) {
            *entry = 0;
            flush = 1;
        }
        if (step >= length)
            break;
        virtual += step;
        length -= step;
    }
    return flush;
}

uint64_t page_tables_reach(const struct page_tables *tables, uint64_t virtual,
                           uint64_t length, uint64_t rights)
{
    uint64_t reached = 0;

    rights |= PAGE_PRESENT;
    while (reached < length) {
        int level;
        uint64_t entry = *entry_lookup(tables, virtual, &level);
        uint64_t step = level_span(level) - virtual % level_span(level);

        if ((entry & rights) != rights)
            break;
        reached += step;
        virtual += step;
    }
    return reached < length ? reached : length;
}

uint64_t page_tables_translate(const struct page_tables *tables,
                               uint64_t virtual)
{
    int level;
    uint64_t entry = *entry_lookup(tables, virtual, &level);
    uint64_t offset = virtual % level_span(level);

    return (entry & PAGE_ADDRESS & ~(level_span(level) - 1)) + offset;
}

uint64_t page_tables_same(const struct page_tables *tables, uint64_t virtual,
                          uint64_t length, uint64_t *rights)
{
    uint64_t reached = 0;

    while (reached < length) {
        int level;
        uint64_t entry = *entry_lookup(tables, virtual, &level) & PAGE_RIGHTS;
        uint64_t step = level_span(level) - virtual % level_span(level);

        if (reached == 0)
            *rights = entry;
        else if (entry != *rights)
            break;
        reached += step;
        virtual += step;
    }
    return reached < length ? reached : length;
}
