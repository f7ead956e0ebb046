/*
 * Memory calls over the window. Two rules keep it small: memory that was ever
 * handed out is zeroed when it is handed out again (fresh memory is zero
 * already), and the used set, not the page tables, says what is allocated, so
 * that PROT_NONE memory stays taken.
 */
#include "guests/unikernel/address_space_parts.h"

#include "guests/unikernel/file_mapping.h"
#include "guests/unikernel/intervals.h"
#include "guests/unikernel/layout.h"
#include "guests/unikernel/page_tables.h"
#include "guests/unikernel/string.h"
#include "guests/unikernel/vmm_call.h"

#include <asm/errno.h>
#include <linux/mman.h>

struct address_space address_space;

void address_space_init(const struct boot_info *boot)
{
    address_space.window = boot->window;
    address_space.window_end = boot->window + boot->window_size;
    address_space.heap = page_up(boot->program_end);
    address_space.heap_end = address_space.brk = address_space.heap;
    address_space.stack = boot->stack;
    address_space.root = boot->root_physical;
    address_space.fresh = address_space.heap;
    address_space.fresh_end = boot->stack - STACK_GUARD;
    address_space.held = boot->held;
    address_space.held_end = boot->held_end;
    address_space.tables = (struct page_tables){
        .system = (void *)SYSTEM_BASE,
        .root = boot->page_table_root,
        .next = boot->page_table_next,
        .pool_end = SYSTEM_SIZE,
    };
    intervals_add(&address_space.used, address_space.window,
                  address_space.heap);
    intervals_add(&address_space.used, address_space.fresh_end,
                  address_space.window_end);
}

/* Zeroes what of the range was handed out before; it must be writable. */
static void zero_reused(uint64_t start, uint64_t end)
{
    uint64_t below = end < address_space.fresh ? end : address_space.fresh;
    uint64_t above =
        start > address_space.fresh_end ? start : address_space.fresh_end;

    if (start < below)
        memset((void *)start, 0, below - start);
    if (above < end)
        memset((void *)above, 0, end - above);
}

/*
 * Takes the range out of the fresh middle, which stays one stretch: from the
 * side that loses less of it.
 */
void address_space_mark_not_fresh(uint64_t start, uint64_t end)
{
    if (end <= address_space.fresh || start >= address_space.fresh_end)
        return;
    if (end - address_space.fresh < address_space.fresh_end - start)
        address_space.fresh = end;
    else
        address_space.fresh_end = start;
}

/* Gets the memory that was held back before any of it is used. */
int address_space_need(uint64_t start, uint64_t end)
{
    int64_t status;

    if (end <= address_space.held || start >= address_space.held_end)
        return 0;
    status = vmm_add_memory();
    if (status == 0)
        address_space.held = address_space.held_end = 0;
    return (int)status;
}

/* Makes a free range the program's: zero, used, with the rights of prot. */
static int64_t claim(uint64_t start, uint64_t length, uint64_t prot)
{
    uint64_t rights = address_space_rights(prot);
    uint64_t first = address_space_rights(PROT_READ | PROT_WRITE);
    bool fresh = start >= address_space.fresh &&
                 start + length <= address_space.fresh_end;
    int status = address_space_need(start, start + length);

    if (status == 0)
        status = intervals_add(&address_space.used, start, start + length);
    if (status < 0)
        return status;
    status = address_space_set_rights(start, length, fresh ? rights : first);
    if (status == 0 && !fresh) {
        zero_reused(start, start + length);
        if (rights != first)
            status = address_space_set_rights(start, length, rights);
    }
    if (status < 0)
        intervals_remove(&address_space.used, start, start + length);
    else
        address_space_mark_not_fresh(start, start + length);
    return status;
}

uint64_t address_space_brk(uint64_t wanted)
{
    uint64_t end;

    if (wanted < address_space.heap || !in_window(wanted, 0))
        return address_space.brk;
    end = page_up(wanted);
    if (end > address_space.heap_end) {
        uint64_t length = end - address_space.heap_end;

        if (intervals_touch(&address_space.used, address_space.heap_end, end) ||
            claim(address_space.heap_end, length, PROT_READ | PROT_WRITE) < 0)
            return address_space.brk;
    } else if (end < address_space.heap_end) {
        if (address_space_unmap(end, address_space.heap_end - end) < 0)
            return address_space.brk;
    }
    address_space.heap_end = end;
    address_space.brk = wanted;
    return wanted;
}

/* Where a mapping goes: the hint where it is free, else the highest gap. */
static uint64_t find_place(uint64_t hint, uint64_t length)
{
    uint64_t alignment =
        length >= LARGE_PAGE_SIZE ? LARGE_PAGE_SIZE : PAGE_SIZE;

    if (hint % PAGE_SIZE == 0 && hint >= address_space.heap_end &&
        in_window(hint, length) &&
        !intervals_touch(&address_space.used, hint, hint + length))
        return hint;
    return intervals_gap(&address_space.used, address_space.heap_end,
                         address_space.window_end, length, alignment);
}

int64_t address_space_map_fixed(uint64_t start, uint64_t length, uint64_t prot,
                                bool replace)
{
    if (start % PAGE_SIZE != 0)
        return -EINVAL;
    if (start < address_space.heap_end || !in_window(start, length) ||
        intervals_touch(&address_space.system, start, start + length))
        return -ENOMEM;
    if (intervals_touch(&address_space.used, start, start + length)) {
        int64_t status;

        if (!replace)
            return -EEXIST;
        status = address_space_unmap(start, length);
        if (status < 0)
            return status;
    }
    return claim(start, length, prot);
}

int64_t address_space_map(uint64_t hint, uint64_t length, uint64_t prot,
                          uint64_t flags)
{
    uint64_t type = flags & MAP_TYPE;
    uint64_t place = hint;
    int64_t status;

    if (length == 0 || (type != MAP_PRIVATE && type != MAP_SHARED))
        return -EINVAL;
    if (length > address_space.window_end - address_space.window)
        return -ENOMEM;
    length = page_up(length);
    if (flags & (MAP_FIXED | MAP_FIXED_NOREPLACE)) {
        status = address_space_map_fixed(hint, length, prot,
                                         !(flags & MAP_FIXED_NOREPLACE));
    } else {
        place = find_place(hint, length);
        status = place == 0 ? -ENOMEM : claim(place, length, prot);
    }
    return status < 0 ? status : (int64_t)place;
}

/* Checks and rounds the range of a call on existing memory. */
int address_space_check_range(uint64_t start, uint64_t *length, int outside)
{
    if (start % PAGE_SIZE != 0)
        return -EINVAL;
    if (*length > FILE_MAPPING_SIZE)
        return outside;
    *length = page_up(*length);
    if (in_files(start, *length))
        return 0;
    if (!in_window(start, *length) ||
        intervals_touch(&address_space.system, start, start + *length))
        return outside;
    return 0;
}

static int64_t unmap_range(uint64_t start, uint64_t end)
{
    int64_t status = file_mapping_remove(start, end);

    if (status == 0)
        status = intervals_remove(address_space_used_of(start), start, end);
    return status < 0 ? status
                      : address_space_set_rights(start, end - start, 0);
}

/* What the library OS has in the range is a hole to the program, and stays. */
int64_t address_space_unmap(uint64_t start, uint64_t length)
{
    const struct interval *system;
    int64_t status = 0;
    uint64_t end;

    if (start % PAGE_SIZE != 0 || length == 0 || length > FILE_MAPPING_SIZE)
        return -EINVAL;
    length = page_up(length);
    if (!in_files(start, length) && !in_window(start, length))
        return -EINVAL;
    end = start + length;
    while (status == 0 && start < end) {
        system = intervals_next(&address_space.system, start);
        if (system == NULL || system->start >= end)
            return unmap_range(start, end);
        if (system->start > start)
            status = unmap_range(start, system->start);
        start = system->end;
    }
    return status;
}

int64_t address_space_protect(uint64_t start, uint64_t length, uint64_t prot)
{
    int status = address_space_check_range(start, &length, -ENOMEM);

    if (status < 0 || length == 0)
        return status;
    if (!intervals_cover(address_space_used_of(start), start, start + length))
        return -ENOMEM;
    status = (int)file_mapping_protect(start, start + length, prot);
    if (status < 0)
        return status;
    return address_space_set_rights(start, length, address_space_rights(prot));
}

/* Grows in place where what follows is free, else moves. */
int64_t address_space_remap(uint64_t start, uint64_t length,
                            uint64_t new_length, uint64_t flags)
{
    int status = address_space_check_range(start, &length, -EFAULT);
    uint64_t prot = PROT_READ, from, to;
    int64_t place;

    if (status < 0)
        return status;
    if (length == 0 || new_length == 0 ||
        (flags & ~(uint64_t)MREMAP_MAYMOVE) != 0)
        return -EINVAL;
    if (!intervals_cover(address_space_used_of(start), start, start + length))
        return -EFAULT;
    if (file_mapping_find(start, start + length, &from, &to))
        return new_length > FILE_MAPPING_SIZE
                   ? -ENOMEM
                   : file_mapping_move(start, length, page_up(new_length),
                                       flags);
    if (new_length > address_space.window_end - address_space.window)
        return -ENOMEM;
    new_length = page_up(new_length);
    if (user_check_write(start, PAGE_SIZE) == 0)
        prot |= PROT_WRITE;
    if (new_length < length)
        address_space_unmap(start + new_length, length - new_length);
    if (new_length <= length)
        return (int64_t)start;
    if (in_window(start, new_length) &&
        !intervals_touch(&address_space.used, start + length,
                         start + new_length) &&
        claim(start + length, new_length - length, prot) == 0)
        return (int64_t)start;
    if (!(flags & MREMAP_MAYMOVE))
        return -ENOMEM;
    if (user_check_read(start, length) < 0)
        return -EFAULT;
    place = address_space_map(0, new_length, prot, MAP_PRIVATE);
    if (place < 0)
        return place;
    memcpy((void *)place, (const void *)start, length);
    address_space_unmap(start, length);
    return place;
}

int64_t address_space_discard(uint64_t start, uint64_t length)
{
    int status = address_space_check_range(start, &length, -ENOMEM);
    uint64_t from, to;

    if (status < 0 || length == 0)
        return status;
    if (!intervals_cover(address_space_used_of(start), start, start + length))
        return -ENOMEM;
    /* What a file has it keeps. */
    if (file_mapping_find(start, start + length, &from, &to))
        return 0;
    if ((length >= DISCARD_MIN || user_check_write(start, length) < 0) &&
        vmm_discard(start, length) == 0)
        return 0;
    if (user_check_write(start, length) < 0)
        return -ENOMEM;
    memset((void *)start, 0, length);
    return 0;
}
