/*
 * The program's address space: which parts of the window are in use, what
 * they allow, and checked access to the program's memory.
 *
 * The window maps guest-physical memory linearly, so a virtual address has
 * its memory for good; allocating it means marking it used and entering it in
 * the page tables. There is no more address space than memory.
 */
#ifndef RINGSIDE_UNIKERNEL_ADDRESS_SPACE_H
#define RINGSIDE_UNIKERNEL_ADDRESS_SPACE_H

#include "guests/unikernel/boot_info.h"

#include <stdbool.h>
#include <stdint.h>

/* Takes over the page tables and the program's mappings from the VMM. */
void address_space_init(const struct boot_info *boot);

/*
 * Maps the attached root file system, size bytes of it, read-only at
 * ROOT_ARCHIVE_BASE. Returns 0, or -ENOMEM where no page tables are left.
 */
int64_t address_space_map_root(uint64_t size);

/* Guest-physical address of a window or system-region address. */
uint64_t address_physical(uint64_t virtual);

/* How many of length bytes from there on are neighbours in guest memory. */
uint64_t address_contiguous(uint64_t virtual, uint64_t length);

/* How many of length bytes from any virtual address on can be read. */
uint64_t address_mapped(uint64_t virtual, uint64_t length);

/*
 * The memory system calls, with Linux's meaning and errors (mmap(2), ...);
 * prot and flags are PROT_... and MAP_... of <linux/mman.h>. Only anonymous
 * memory is mapped here.
 */
uint64_t address_space_brk(uint64_t wanted);
int64_t address_space_map(uint64_t hint, uint64_t length, uint64_t prot,
                          uint64_t flags);
int64_t address_space_unmap(uint64_t start, uint64_t length);
int64_t address_space_protect(uint64_t start, uint64_t length, uint64_t prot);
int64_t address_space_remap(uint64_t start, uint64_t length,
                            uint64_t new_length, uint64_t flags);
int64_t address_space_discard(uint64_t start, uint64_t length);

/* Whether all of a page-aligned range is allocated, whatever it allows. */
bool address_space_covers(uint64_t start, uint64_t length);

/* What a region is by its place. */
enum address_region_kind {
    REGION_PROGRAM, /* what was loaded */
    REGION_HEAP,    /* of brk(2) */
    REGION_MAPPING,
    REGION_STACK,
};

/* A stretch of the program's memory with the same rights all over. */
struct address_region {
    uint64_t start, end;
    uint32_t prot; /* PROT_... of <linux/mman.h> */
    enum address_region_kind kind;
};

/* The first region that ends behind an address; false where there is none. */
bool address_space_region(uint64_t address, struct address_region *region);

/* Bytes of the window in use, and all of them. */
uint64_t address_space_used(void);
uint64_t address_space_size(void);

/*
 * Window memory for the library OS itself, which the program's calls cannot
 * unmap or change: length bytes, a multiple of a page, at a multiple of
 * alignment, content undefined; NULL when there is none. And back.
 */
void *address_space_take(uint64_t length, uint64_t alignment);
void address_space_give(void *memory, uint64_t length);

/*
 * For shared mappings of files (file_mapping.h). Addresses for length bytes,
 * a multiple of a page, that no other mapping has; address_space_unmap gives
 * them back: -ENOMEM where there are none. The fixed form takes the window's
 * too, and unmaps what is there, or is -EEXIST.
 */
int64_t address_space_reserve(uint64_t length);
int64_t address_space_reserve_fixed(uint64_t start, uint64_t length,
                                    bool replace);

/* The rights of page_tables.h that PROT_... allow, 0 for none. */
uint64_t address_space_rights(uint64_t prot);

/*
 * Enters a page of the heap at another address: 0, 1 where the TLB must be
 * flushed, or -ENOMEM. And takes a range out of the page tables.
 */
int address_space_enter(uint64_t virtual, const void *page, uint64_t rights);
void address_space_leave(uint64_t start, uint64_t length);
void address_space_flush(void);

/*
 * Access to the program's memory at an address it gave: 0, or -EFAULT with
 * nothing copied where any part of the range is not mapped as needed.
 */
int64_t user_check_read(uint64_t address, uint64_t length);
int64_t user_check_write(uint64_t address, uint64_t length);
int64_t user_copy_in(void *to, uint64_t address, uint64_t length);
int64_t user_copy_out(uint64_t address, const void *from, uint64_t length);

/* How many of length bytes from address on can be read, or written. */
uint64_t user_reach_read(uint64_t address, uint64_t length);
uint64_t user_reach_write(uint64_t address, uint64_t length);

/*
 * Copies a NUL-terminated string of less than size bytes. Returns its length,
 * -EFAULT or -ENAMETOOLONG.
 */
int64_t user_copy_string(char *to, uint64_t address, uint64_t size);

#endif
