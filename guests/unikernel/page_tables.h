/*
 * x86-64 page tables: one implementation for both sides. The VMM builds the
 * first mappings with it before the guest runs; the library OS then owns and
 * edits the same tables through its mapping of the system region.
 * Source: AMD64 Architecture Programmer's Manual volume 2, 5.3 (long-mode page
 * translation); Intel SDM volume 3, 4.5.
 *
 * Tables come from a pool in the system region and address each other by
 * guest-physical address. No function flushes the TLB: the caller does where
 * the return value or the contract says so.
 */
#ifndef RINGSIDE_UNIKERNEL_PAGE_TABLES_H
#define RINGSIDE_UNIKERNEL_PAGE_TABLES_H

#include <stdbool.h>
#include <stdint.h>

#define PAGE_PRESENT    (1ull << 0)
#define PAGE_WRITE      (1ull << 1)
#define PAGE_USER       (1ull << 2)
#define PAGE_ACCESSED   (1ull << 5)
#define PAGE_DIRTY      (1ull << 6)
#define PAGE_LARGE      (1ull << 7)
#define PAGE_NO_EXECUTE (1ull << 63)
#define PAGE_ADDRESS    0x000ffffffffff000ull

/* The bits by which a caller says what a mapping allows. */
#define PAGE_RIGHTS (PAGE_PRESENT | PAGE_WRITE | PAGE_USER | PAGE_NO_EXECUTE)

struct page_tables {
    void *system;      /* where guest-physical 0 is seen by this code */
    uint64_t root;     /* guest-physical address of the level-4 table */
    uint64_t next;     /* first page of the pool never used */
    uint64_t pool_end; /* guest-physical */
    uint64_t free;     /* list of tables given back, 0 ends it */
};

/*
 * Maps [virtual, virtual + length) to physical with the given PAGE_RIGHTS, by
 * 2 MiB pages where both addresses and the rest of the length allow it. What
 * was mapped there before is replaced. All three must be page-aligned and the
 * ranges must not wrap. Returns 0, 1 where the TLB must be flushed, or -ENOMEM
 * when the pool is empty (what was mapped so far stays).
 */
int page_tables_map(struct page_tables *tables, uint64_t virtual,
                    uint64_t physical, uint64_t length, uint64_t rights);

/*
 * Unmaps the range, splitting 2 MiB pages at its ends; what is not mapped is
 * passed over. Returns as page_tables_map.
 */
int page_tables_unmap(struct page_tables *tables, uint64_t virtual,
                      uint64_t length);

/*
 * How many bytes from virtual on, at most length, are mapped with all of the
 * given positive rights (PAGE_USER, PAGE_WRITE).
 */
uint64_t page_tables_reach(const struct page_tables *tables, uint64_t virtual,
                           uint64_t length, uint64_t rights);

/* The physical address of a mapped virtual one; undefined where it is not. */
uint64_t page_tables_translate(const struct page_tables *tables,
                               uint64_t virtual);

/*
 * How many bytes from virtual on, at most length, which is not 0, have one and
 * the same PAGE_RIGHTS, which *rights then tells; 0 for not mapped.
 */
uint64_t page_tables_same(const struct page_tables *tables, uint64_t virtual,
                          uint64_t length, uint64_t *rights);

#endif
