/*
 * Memory that the library OS takes from the window for itself, and addresses
 * for mappings of files.
 */
#include "guests/unikernel/address_space_parts.h"

#include "guests/unikernel/intervals.h"
#include "guests/unikernel/layout.h"
#include "guests/unikernel/vmm_call.h"

#include <asm/errno.h>
#include <linux/mman.h>
#include <stddef.h>

void *address_space_take(uint64_t length, uint64_t alignment)
{
    uint64_t place, end;

    if (length > address_space.window_end - address_space.window)
        return NULL;
    place = intervals_gap(&address_space.used, address_space.heap_end,
                          address_space.window_end, length, alignment);
    end = place + length;
    if (place == 0 || address_space_need(place, end) < 0 ||
        intervals_add(&address_space.system, place, end) < 0)
        return NULL;
    if (intervals_add(&address_space.used, place, end) < 0 ||
        address_space_set_rights(
            place, length, address_space_rights(PROT_READ | PROT_WRITE)) < 0) {
        address_space_give((void *)place, length);
        return NULL;
    }
    address_space_mark_not_fresh(place, end);
    return (void *)place;
}

void address_space_give(void *memory, uint64_t length)
{
    uint64_t start = (uint64_t)memory;

    intervals_remove(&address_space.system, start, start + length);
    intervals_remove(&address_space.used, start, start + length);
    address_space_set_rights(start, length, 0);
    if (length >= DISCARD_MIN)
        vmm_discard(start, length);
}

int64_t address_space_reserve(uint64_t length)
{
    uint64_t place =
        intervals_gap(&address_space.files, FILE_MAPPING_BASE,
                      FILE_MAPPING_BASE + FILE_MAPPING_SIZE, length, PAGE_SIZE);

    if (place == 0 ||
        intervals_add(&address_space.files, place, place + length) < 0)
        return -ENOMEM;
    return (int64_t)place;
}

int64_t address_space_reserve_fixed(uint64_t start, uint64_t length,
                                    bool replace)
{
    int64_t status;

    if (start % PAGE_SIZE != 0)
        return -EINVAL;
    if (!in_files(start, length)) {
        if (length > address_space.window_end - address_space.window)
            return -ENOMEM;
        status = address_space_map_fixed(start, length, PROT_NONE, replace);
        return status < 0 ? status : (int64_t)start;
    }
    if (intervals_touch(&address_space.files, start, start + length)) {
        status = replace ? address_space_unmap(start, length) : -EEXIST;
        if (status < 0)
            return status;
    }
    status = intervals_add(&address_space.files, start, start + length);
    return status < 0 ? status : (int64_t)start;
}
