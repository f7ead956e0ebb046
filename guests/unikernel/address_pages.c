/*
 * What the page tables say of the address space: rights, and which memory is
 * behind an address.
 */
#include "guests/unikernel/address_space_parts.h"

#include "guests/unikernel/file_mapping.h"
#include "guests/unikernel/intervals.h"
#include "guests/unikernel/layout.h"
#include "guests/unikernel/page_tables.h"
#include "guests/unikernel/processor.h"

#include <asm/errno.h>
#include <linux/mman.h>

void address_space_flush(void)
{
    processor_flush_tlb();
}

int address_space_flush_if(int status)
{
    if (status > 0)
        address_space_flush();
    return status < 0 ? status : 0;
}

struct intervals *address_space_used_of(uint64_t start)
{
    return in_files(start, 0) ? &address_space.files : &address_space.used;
}

uint64_t address_physical(uint64_t virtual)
{
    uint64_t from, to;

    if (file_mapping_find(virtual, virtual + 1, &from, &to))
        return page_tables_translate(&address_space.tables, virtual);
    if (in_window(virtual, 0))
        return virtual - address_space.window + WINDOW_PHYSICAL;
    return virtual - SYSTEM_BASE;
}

uint64_t address_contiguous(uint64_t virtual, uint64_t length)
{
    uint64_t from, to;

    if (!file_mapping_find(virtual, virtual + length, &from, &to))
        return length;
    if (from > virtual)
        return from - virtual;
    from = PAGE_SIZE - virtual % PAGE_SIZE;
    return from < length ? from : length;
}

int64_t address_space_map_root(uint64_t size)
{
    const uint64_t rounded =
        (size + LARGE_PAGE_SIZE - 1) & -(uint64_t)LARGE_PAGE_SIZE;

    return address_space_flush_if(page_tables_map(
        &address_space.tables, ROOT_ARCHIVE_BASE, address_space.root, rounded,
        PAGE_PRESENT | PAGE_USER | PAGE_NO_EXECUTE));
}

uint64_t address_mapped(uint64_t virtual, uint64_t length)
{
    if (virtual + length < virtual)
        return 0;
    return page_tables_reach(&address_space.tables, virtual, length, PAGE_USER);
}

uint64_t address_space_rights(uint64_t prot)
{
    uint64_t rights = PAGE_PRESENT | PAGE_USER;

    if ((prot & (PROT_READ | PROT_WRITE | PROT_EXEC)) == 0)
        return 0;
    if (prot & PROT_WRITE)
        rights |= PAGE_WRITE;
    if (!(prot & PROT_EXEC))
        rights |= PAGE_NO_EXECUTE;
    return rights;
}

static int set_window_rights(uint64_t start, uint64_t end, uint64_t rights)
{
    if (start == end)
        return 0;
    return page_tables_map(&address_space.tables, start,
                           address_physical(start), end - start, rights);
}

/*
 * Enters the range in the page tables, or takes it out for no rights. Files
 * that are mapped there have their own pages, all else the window's.
 */
int address_space_set_rights(uint64_t start, uint64_t length, uint64_t rights)
{
    const uint64_t end = start + length;
    uint64_t from, to;
    int flush = 0;

    if (rights == 0)
        return address_space_flush_if(
            page_tables_unmap(&address_space.tables, start, length));
    while (file_mapping_find(start, end, &from, &to)) {
        int window = set_window_rights(start, from, rights);
        int file =
            window < 0 ? window : file_mapping_set_rights(from, to, rights);

        if (file < 0)
            return file;
        flush |= window | file;
        start = to;
    }
    if (in_window(start, 0)) {
        int window = set_window_rights(start, end, rights);

        if (window < 0)
            return window;
        flush |= window;
    }
    return address_space_flush_if(flush);
}

int address_space_enter(uint64_t virtual, const void *page, uint64_t rights)
{
    return page_tables_map(&address_space.tables, virtual,
                           address_physical((uint64_t)page), PAGE_SIZE, rights);
}

void address_space_leave(uint64_t start, uint64_t length)
{
    address_space_flush_if(
        page_tables_unmap(&address_space.tables, start, length));
}
