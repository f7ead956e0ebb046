/*
 * Memory calls over the window. Two rules keep it small: memory that was ever
 * handed out is zeroed when it is handed out again (fresh memory is zero
 * already), and the used set, not the page tables, says what is allocated, so
 * that PROT_NONE memory stays taken.
 */
#include "guests/unikernel/address_space.h"

#include "guests/unikernel/file_mapping.h"
#include "guests/unikernel/intervals.h"
#include "guests/unikernel/layout.h"
#include "guests/unikernel/page_tables.h"
#include "guests/unikernel/string.h"
#include "guests/unikernel/vmm_call.h"

#include <asm/errno.h>
#include <linux/mman.h>

enum {
    /* From this size on, memory given up goes back to the host. */
    DISCARD_MIN = 1 << 20,
    STACK_GUARD = 16 * PAGE_SIZE,
};

static struct {
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
} space;

static uint64_t page_up(uint64_t value)
{
    return (value + PAGE_SIZE - 1) & ~(uint64_t)(PAGE_SIZE - 1);
}

/* Only ring 0 can: see ring0.S. */
static void flush_tlb(void)
{
    uint64_t request = BREAKPOINT_FLUSH_TLB;

    __asm__ volatile("int3" : "+a"(request) : : "memory");
}

static int flush_if(int status)
{
    if (status > 0)
        flush_tlb();
    return status < 0 ? status : 0;
}

void address_space_init(const struct boot_info *boot)
{
    space.window = boot->window;
    space.window_end = boot->window + boot->window_size;
    space.heap = page_up(boot->program_end);
    space.heap_end = space.brk = space.heap;
    space.stack = boot->stack;
    space.root = boot->root_physical;
    space.fresh = space.heap;
    space.fresh_end = boot->stack - STACK_GUARD;
    space.held = boot->held;
    space.held_end = boot->held_end;
    space.tables = (struct page_tables){
        .system = (void *)SYSTEM_BASE,
        .root = boot->page_table_root,
        .next = boot->page_table_next,
        .pool_end = SYSTEM_SIZE,
    };
    intervals_add(&space.used, space.window, space.heap);
    intervals_add(&space.used, space.fresh_end, space.window_end);
}

static bool in_window(uint64_t start, uint64_t length)
{
    return start >= space.window && start <= space.window_end &&
           length <= space.window_end - start;
}

/* Among the addresses that only shared mappings of files have. */
static bool in_files(uint64_t start, uint64_t length)
{
    return start >= FILE_MAPPING_BASE &&
           start - FILE_MAPPING_BASE <= FILE_MAPPING_SIZE &&
           length <= FILE_MAPPING_SIZE - (start - FILE_MAPPING_BASE);
}

static struct intervals *used_of(uint64_t start)
{
    return in_files(start, 0) ? &space.files : &space.used;
}

uint64_t address_physical(uint64_t virtual)
{
    uint64_t from, to;

    if (file_mapping_find(virtual, virtual + 1, &from, &to))
        return page_tables_translate(&space.tables, virtual);
    if (in_window(virtual, 0))
        return virtual - space.window + WINDOW_PHYSICAL;
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

    return flush_if(
        page_tables_map(&space.tables, ROOT_ARCHIVE_BASE, space.root, rounded,
                        PAGE_PRESENT | PAGE_USER | PAGE_NO_EXECUTE));
}

uint64_t address_mapped(uint64_t virtual, uint64_t length)
{
    if (virtual + length < virtual)
        return 0;
    return page_tables_reach(&space.tables, virtual, length, PAGE_USER);
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
    return page_tables_map(&space.tables, start, address_physical(start),
                           end - start, rights);
}

/*
 * Enters the range in the page tables, or takes it out for no rights. Files
 * that are mapped there have their own pages, all else the window's.
 */
static int set_rights(uint64_t start, uint64_t length, uint64_t rights)
{
    const uint64_t end = start + length;
    uint64_t from, to;
    int flush = 0;

    if (rights == 0)
        return flush_if(page_tables_unmap(&space.tables, start, length));
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
    return flush_if(flush);
}

/* Zeroes what of the range was handed out before; it must be writable. */
static void zero_reused(uint64_t start, uint64_t end)
{
    uint64_t below = end < space.fresh ? end : space.fresh;
    uint64_t above = start > space.fresh_end ? start : space.fresh_end;

    if (start < below)
        memset((void *)start, 0, below - start);
    if (above < end)
        memset((void *)above, 0, end - above);
}

/*
 * Takes the range out of the fresh middle, which stays one stretch: from the
 * side that loses less of it.
 */
static void mark_not_fresh(uint64_t start, uint64_t end)
{
    if (end <= space.fresh || start >= space.fresh_end)
        return;
    if (end - space.fresh < space.fresh_end - start)
        space.fresh = end;
    else
        space.fresh_end = start;
}

/* Gets the memory that was held back before any of it is used. */
static int need(uint64_t start, uint64_t end)
{
    int64_t status;

    if (end <= space.held || start >= space.held_end)
        return 0;
    status = vmm_add_memory();
    if (status == 0)
        space.held = space.held_end = 0;
    return (int)status;
}

/* Makes a free range the program's: zero, used, with the rights of prot. */
static int64_t claim(uint64_t start, uint64_t length, uint64_t prot)
{
    uint64_t rights = address_space_rights(prot);
    uint64_t first = address_space_rights(PROT_READ | PROT_WRITE);
    bool fresh = start >= space.fresh && start + length <= space.fresh_end;
    int status = need(start, start + length);

    if (status == 0)
        status = intervals_add(&space.used, start, start + length);
    if (status < 0)
        return status;
    status = set_rights(start, length, fresh ? rights : first);
    if (status == 0 && !fresh) {
        zero_reused(start, start + length);
        if (rights != first)
            status = set_rights(start, length, rights);
    }
    if (status < 0)
        intervals_remove(&space.used, start, start + length);
    else
        mark_not_fresh(start, start + length);
    return status;
}

uint64_t address_space_brk(uint64_t wanted)
{
    uint64_t end;

    if (wanted < space.heap || !in_window(wanted, 0))
        return space.brk;
    end = page_up(wanted);
    if (end > space.heap_end) {
        uint64_t length = end - space.heap_end;

        if (intervals_touch(&space.used, space.heap_end, end) ||
            claim(space.heap_end, length, PROT_READ | PROT_WRITE) < 0)
            return space.brk;
    } else if (end < space.heap_end) {
        if (address_space_unmap(end, space.heap_end - end) < 0)
            return space.brk;
    }
    space.heap_end = end;
    space.brk = wanted;
    return wanted;
}

/* Where a mapping goes: the hint where it is free, else the highest gap. */
static uint64_t find_place(uint64_t hint, uint64_t length)
{
    uint64_t alignment =
        length >= LARGE_PAGE_SIZE ? LARGE_PAGE_SIZE : PAGE_SIZE;

    if (hint % PAGE_SIZE == 0 && hint >= space.heap_end &&
        in_window(hint, length) &&
        !intervals_touch(&space.used, hint, hint + length))
        return hint;
    return intervals_gap(&space.used, space.heap_end, space.window_end, length,
                         alignment);
}

static int64_t map_fixed(uint64_t start, uint64_t length, uint64_t prot,
                         bool replace)
{
    if (start % PAGE_SIZE != 0)
        return -EINVAL;
    if (start < space.heap_end || !in_window(start, length) ||
        intervals_touch(&space.system, start, start + length))
        return -ENOMEM;
    if (intervals_touch(&space.used, start, start + length)) {
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
    if (length > space.window_end - space.window)
        return -ENOMEM;
    length = page_up(length);
    if (flags & (MAP_FIXED | MAP_FIXED_NOREPLACE)) {
        status = map_fixed(hint, length, prot, !(flags & MAP_FIXED_NOREPLACE));
    } else {
        place = find_place(hint, length);
        status = place == 0 ? -ENOMEM : claim(place, length, prot);
    }
    return status < 0 ? status : (int64_t)place;
}

/* Checks and rounds the range of a call on existing memory. */
static int check_range(uint64_t start, uint64_t *length, int outside)
{
    if (start % PAGE_SIZE != 0)
        return -EINVAL;
    if (*length > FILE_MAPPING_SIZE)
        return outside;
    *length = page_up(*length);
    if (in_files(start, *length))
        return 0;
    if (!in_window(start, *length) ||
        intervals_touch(&space.system, start, start + *length))
        return outside;
    return 0;
}

int64_t address_space_unmap(uint64_t start, uint64_t length)
{
    int status = check_range(start, &length, -EINVAL);

    if (status < 0)
        return status;
    if (length == 0)
        return -EINVAL;
    status = (int)file_mapping_remove(start, start + length);
    if (status == 0)
        status = intervals_remove(used_of(start), start, start + length);
    return status < 0 ? status : set_rights(start, length, 0);
}

int64_t address_space_protect(uint64_t start, uint64_t length, uint64_t prot)
{
    int status = check_range(start, &length, -ENOMEM);

    if (status < 0 || length == 0)
        return status;
    if (!intervals_cover(used_of(start), start, start + length))
        return -ENOMEM;
    status = (int)file_mapping_protect(start, start + length, prot);
    if (status < 0)
        return status;
    return set_rights(start, length, address_space_rights(prot));
}

/* Grows in place where what follows is free, else moves. */
int64_t address_space_remap(uint64_t start, uint64_t length,
                            uint64_t new_length, uint64_t flags)
{
    int status = check_range(start, &length, -EFAULT);
    uint64_t prot = PROT_READ, from, to;
    int64_t place;

    if (status < 0)
        return status;
    if (length == 0 || new_length == 0 ||
        (flags & ~(uint64_t)MREMAP_MAYMOVE) != 0)
        return -EINVAL;
    if (!intervals_cover(used_of(start), start, start + length))
        return -EFAULT;
    if (file_mapping_find(start, start + length, &from, &to))
        return new_length > FILE_MAPPING_SIZE
                   ? -ENOMEM
                   : file_mapping_move(start, length, page_up(new_length),
                                       flags);
    if (new_length > space.window_end - space.window)
        return -ENOMEM;
    new_length = page_up(new_length);
    if (user_check_write(start, PAGE_SIZE) == 0)
        prot |= PROT_WRITE;
    if (new_length < length)
        address_space_unmap(start + new_length, length - new_length);
    if (new_length <= length)
        return (int64_t)start;
    if (in_window(start, new_length) &&
        !intervals_touch(&space.used, start + length, start + new_length) &&
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
    int status = check_range(start, &length, -ENOMEM);
    uint64_t from, to;

    if (status < 0 || length == 0)
        return status;
    if (!intervals_cover(used_of(start), start, start + length))
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

bool address_space_covers(uint64_t start, uint64_t length)
{
    return check_range(start, &length, -ENOMEM) == 0 &&
           (length == 0 ||
            intervals_cover(used_of(start), start, start + length));
}

/* Ends the region where its kind does; false for what is the library OS's. */
static bool region_classify(struct address_region *region)
{
    const uint64_t guard = space.stack - STACK_GUARD;
    const struct {
        uint64_t end;
        bool is_programs;
        enum address_region_kind kind;
    } kinds[] = {
        {space.heap, true, REGION_PROGRAM},
        {space.heap_end, true, REGION_HEAP},
        {guard, true, REGION_MAPPING},
        {space.stack, false, REGION_MAPPING},
        {space.window_end, true, REGION_STACK},
    };
    const struct interval *system =
        intervals_next(&space.system, region->start);
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

    while ((used = intervals_next(&space.used, address)) != NULL) {
        uint64_t rights;
        bool is_programs;

        region->start = used->start > address ? used->start : address;
        region->end = used->end;
        is_programs = region_classify(region);
        if (is_programs) {
            region->end =
                region->start + page_tables_same(&space.tables, region->start,
                                                 region->end - region->start,
                                                 &rights);
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
    return intervals_total(&space.used);
}

uint64_t address_space_size(void)
{
    return space.window_end - space.window;
}

void *address_space_take(uint64_t length, uint64_t alignment)
{
    uint64_t place, end;

    if (length > space.window_end - space.window)
        return NULL;
    place = intervals_gap(&space.used, space.heap_end, space.window_end, length,
                          alignment);
    end = place + length;
    if (place == 0 || need(place, end) < 0 ||
        intervals_add(&space.system, place, end) < 0)
        return NULL;
    if (intervals_add(&space.used, place, end) < 0 ||
        set_rights(place, length,
                   address_space_rights(PROT_READ | PROT_WRITE)) < 0) {
        address_space_give((void *)place, length);
        return NULL;
    }
    mark_not_fresh(place, end);
    return (void *)place;
}

void address_space_give(void *memory, uint64_t length)
{
    uint64_t start = (uint64_t)memory;

    intervals_remove(&space.system, start, start + length);
    intervals_remove(&space.used, start, start + length);
    set_rights(start, length, 0);
    if (length >= DISCARD_MIN)
        vmm_discard(start, length);
}

int64_t address_space_reserve(uint64_t length)
{
    uint64_t place =
        intervals_gap(&space.files, FILE_MAPPING_BASE,
                      FILE_MAPPING_BASE + FILE_MAPPING_SIZE, length, PAGE_SIZE);

    if (place == 0 || intervals_add(&space.files, place, place + length) < 0)
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
        if (length > space.window_end - space.window)
            return -ENOMEM;
        status = map_fixed(start, length, PROT_NONE, replace);
        return status < 0 ? status : (int64_t)start;
    }
    if (intervals_touch(&space.files, start, start + length)) {
        status = replace ? address_space_unmap(start, length) : -EEXIST;
        if (status < 0)
            return status;
    }
    status = intervals_add(&space.files, start, start + length);
    return status < 0 ? status : (int64_t)start;
}

int address_space_enter(uint64_t virtual, const void *page, uint64_t rights)
{
    return page_tables_map(&space.tables, virtual,
                           address_physical((uint64_t)page), PAGE_SIZE, rights);
}

void address_space_leave(uint64_t start, uint64_t length)
{
    flush_if(page_tables_unmap(&space.tables, start, length));
}

void address_space_flush(void)
{
    flush_tlb();
}

static uint64_t user_reach(uint64_t address, uint64_t length, uint64_t rights)
{
    uint64_t end = space.window_end;

    if (in_files(address, 0))
        end = FILE_MAPPING_BASE + FILE_MAPPING_SIZE;
    else if (!in_window(address, 0))
        return 0;
    if (length > end - address)
        length = end - address;
    return page_tables_reach(&space.tables, address, length, rights);
}

uint64_t user_reach_read(uint64_t address, uint64_t length)
{
    return user_reach(address, length, PAGE_USER);
}

uint64_t user_reach_write(uint64_t address, uint64_t length)
{
    return user_reach(address, length, PAGE_USER | PAGE_WRITE);
}

static int64_t user_check(uint64_t address, uint64_t length, uint64_t rights)
{
    if (length == 0)
        return 0;
    if ((!in_window(address, length) && !in_files(address, length)) ||
        page_tables_reach(&space.tables, address, length, rights) < length)
        return -EFAULT;
    return 0;
}

int64_t user_check_read(uint64_t address, uint64_t length)
{
    return user_check(address, length, PAGE_USER);
}

int64_t user_check_write(uint64_t address, uint64_t length)
{
    return user_check(address, length, PAGE_USER | PAGE_WRITE);
}

int64_t user_copy_in(void *to, uint64_t address, uint64_t length)
{
    int64_t status = user_check_read(address, length);

    if (status == 0)
        memcpy(to, (const void *)address, length);
    return status;
}

int64_t user_copy_out(uint64_t address, const void *from, uint64_t length)
{
    int64_t status = user_check_write(address, length);

    if (status == 0)
        memcpy((void *)address, from, length);
    return status;
}

int64_t user_copy_string(char *to, uint64_t address, uint64_t size)
{
    const uint64_t reach = user_reach_read(address, size);

    for (uint64_t i = 0; i < reach; i++) {
        to[i] = ((const char *)address)[i];
        if (to[i] == '\0')
            return (int64_t)i;
    }
    return reach < size ? -EFAULT : -ENAMETOOLONG;
}
