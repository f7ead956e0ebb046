/* The address space as others see it: what is used, and for what. */
#include "guests/unikernel/address_space_parts.h"

#include "guests/unikernel/intervals.h"
#include "guests/unikernel/layout.h"
#include "guests/unikernel/page_tables.h"

#include <asm/errno.h>
#include <linux/mman.h>
#include <stddef.h>

bool address_space_covers(uint64_t start, uint64_t length)
{
    return address_space_check_range(start, &length, -ENOMEM) == 0 &&
           (length == 0 || intervals_cover(address_space_used_of(start), start,
                                           start + length));
}

/* Ends the region where its kind does; false for what is the library OS's. */
static bool region_classify(struct address_region *region)
{
    const uint64_t guard = address_space.stack - STACK_GUARD;
    const struct {
        uint64_t end;
        bool is_programs;
        enum address_region_kind kind;
    } kinds[] = {
        {address_space.heap, true, REGION_PROGRAM},
        {address_space.heap_end, true, REGION_HEAP},
        {guard, true, REGION_MAPPING},
        {address_space.stack, false, REGION_MAPPING},
        {address_space.window_end, true, REGION_STACK},
    };
    const struct interval *system =
        intervals_next(&address_space.system, region->start);
    size_t i = 0;

    while (region->start >= kinds[i].end)
        i++;
    if (region->end > kinds[i].end)
        region->end = kinds[i].end;
    region->kind = kinds[i].kind;
    if (system == NULL || system->start >= region->end)
        return kinds[i].is_programs;
    if (system->start > region->start) {
        region->end = system->start;
        return kinds[i].is_programs;
    }
    region->end = system->end;
    return false;
}

static uint32_t prot_of(uint64_t rights)
{
    uint32_t prot = PROT_NONE;

    if (rights & PAGE_USER)
        prot |= PROT_READ;
    if (rights & PAGE_WRITE)
        prot |= PROT_WRITE;
    if (prot != PROT_NONE && !(rights & PAGE_NO_EXECUTE))
        prot |= PROT_EXEC;
    return prot;
}

/* What the program leaves between its segments is taken, but no region. */
bool address_space_region(uint64_t address, struct address_region *region)
{
    const struct interval *used;

    while ((used = intervals_next(&address_space.used, address)) != NULL) {
        uint64_t rights;
        bool is_programs;

        region->start = used->start > address ? used->start : address;
        region->end = used->end;
        is_programs = region_classify(region);
        if (is_programs) {
            region->end =
                region->start +
                page_tables_same(&address_space.tables, region->start,
                                 region->end - region->start, &rights);
            region->prot = prot_of(rights);
            if (rights != 0 || region->kind == REGION_MAPPING)
                return true;
        }
        address = region->end;
    }
    return false;
}

uint64_t address_space_used(void)
{
    return intervals_total(&address_space.used);
}

uint64_t address_space_size(void)
{
    return address_space.window_end - address_space.window;
}
