/*
 * What the parts of the address space share: address_space.c has the calls on
 * memory, address_pages.c the page tables, address_regions.c what is asked,
 * address_system.c what the library OS takes itself, user_memory.c the access
 * to the program's memory.
 */
#ifndef RINGSIDE_UNIKERNEL_ADDRESS_SPACE_PARTS_H
#define RINGSIDE_UNIKERNEL_ADDRESS_SPACE_PARTS_H

#include "guests/unikernel/address_space.h"
#include "guests/unikernel/intervals.h"
#include "guests/unikernel/layout.h"
#include "guests/unikernel/page_tables.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    /* From this size on, memory given up goes back to the host. */
    DISCARD_MIN = 1 << 20,
    STACK_GUARD = 16 * PAGE_SIZE,
};

struct address_space {
    uint64_t window, window_end;
    uint64_t heap, heap_end; /* brk area; heap_end is page-aligned below */
    uint64_t brk;
    uint64_t stack; /* lowest address of the stack */
    uint64_t root;  /* guest-physical address of the root file system */
    /* Only [fresh, fresh_end) has never been handed out and reads as zero. */
    uint64_t fresh, fresh_end;
    uint64_t held, held_end; /* what the VMM has held back; empty: nothing */
    struct page_tables tables;
    struct intervals used;
    struct intervals system; /* the part of it that address_space_take gave */
    struct intervals files;  /* used addresses of shared mappings of files */
};

extern struct address_space address_space __attribute__((visibility("hidden")));

static inline uint64_t page_up(uint64_t value)
{
    return (value + PAGE_SIZE - 1) & ~(uint64_t)(PAGE_SIZE - 1);
}

static inline bool in_window(uint64_t start, uint64_t length)
{
    return start >= address_space.window && start <= address_space.window_end &&
           length <= address_space.window_end - start;
}

/* Among the addresses that only shared mappings of files have. */
static inline bool in_files(uint64_t start, uint64_t length)
{
    return start >= FILE_MAPPING_BASE &&
           start - FILE_MAPPING_BASE <= FILE_MAPPING_SIZE &&
           length <= FILE_MAPPING_SIZE - (start - FILE_MAPPING_BASE);
}

/* The set of the addresses that are used: the window's or the files'. */
struct intervals *address_space_used_of(uint64_t start);

/*
 * Enters the range in the page tables, or takes it out for no rights. Files
 * that are mapped there have their own pages, all else the window's. 0, or
 * -ENOMEM.
 */
int address_space_set_rights(uint64_t start, uint64_t length, uint64_t rights);

/* Flushes the TLB for status 1; gives 0 or the error that status is. */
int address_space_flush_if(int status);

/* Gets the memory that was held back before any of it is used. */
int address_space_need(uint64_t start, uint64_t end);

/* Takes the range out of the fresh middle, which stays one stretch. */
void address_space_mark_not_fresh(uint64_t start, uint64_t end);

/* mmap of anonymous memory with MAP_FIXED. */
int64_t address_space_map_fixed(uint64_t start, uint64_t length, uint64_t prot,
                                bool replace);

/* Checks and rounds the range of a call on existing memory. */
int address_space_check_range(uint64_t start, uint64_t *length, int outside);

#endif
