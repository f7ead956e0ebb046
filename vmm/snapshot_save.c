/*
 * Writing a snapshot. Which pages the guest has touched the kernel says
 * (/proc/self/pagemap), so that memory which was never used is not looked at;
 * of those, pages that are all zeros are left out.
 */
#include "vmm/snapshot.h"

#include "guests/unikernel/boot_info.h"
#include "guests/unikernel/layout.h"
#include "guests/unikernel/page_tables.h"
#include "oci/cleanup.h"
#include "oci/file.h"
#include "vmm/boot.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

/* /proc/PID/pagemap: 64 bits a page. Source: Linux admin-guide/mm/pagemap. */
#define PAGEMAP_PRESENT (3ull << 62) /* in memory or swapped out */

enum {
    PAGEMAP_BATCH = 4096,
    /* A gap up to this many pages is written along: an extent costs more. */
    GAP_PAGES = 4,
    /* At most so many pages are copied, the library OS's first. */
    COPIED_PAGES = 256,
};

struct extent_list {
    struct snapshot_extent at[SNAPSHOT_MAX_EXTENTS];
    uint32_t count;
};

static bool is_zero(const char *page)
{
    return page[0] == 0 && memcmp(page, page + 1, PAGE_SIZE - 1) == 0;
}

/* The guest's mappings, to tell what it may write: its own, so not trusted. */
struct guest_view {
    const struct guest_memory *memory;
    uint64_t window;
};

/* Every page has one place in the guest's address space; see layout.h. */
static uint64_t virtual_address(const struct guest_view *view, uint64_t address)
{
    return address < SYSTEM_SIZE ? SYSTEM_BASE + address
                                 : view->window + address - WINDOW_PHYSICAL;
}

static bool is_writable(const struct guest_view *view, uint64_t address)
{
    const uint64_t virtual = virtual_address(view, address);
    uint64_t table = SYSTEM_PAGE_TABLES;

    for (int shift = 39; shift >= 12; shift -= 9) {
        const struct guest_addr at = {table + (virtual >> shift) % 512 * 8};
        uint64_t entry;

        if (guest_memory_read(view->memory, at, &entry, sizeof(entry)) < 0 ||
            !(entry & PAGE_PRESENT) || !(entry & PAGE_WRITE))
            return false;
        if (entry & PAGE_LARGE)
            return true;
        table = entry & PAGE_ADDRESS;
    }
    return true;
}

/* Adds a page, to the last extent if it is near; false where all is full. */
static bool add_page(struct extent_list *list, uint64_t address, bool copied,
                     uint64_t gap_pages)
{
    struct snapshot_extent *last =
        list->count > 0 ? &list->at[list->count - 1] : NULL;

    if (last != NULL && last->copied == copied &&
        address - (last->address + last->length) <= gap_pages * PAGE_SIZE) {
        last->length = address + PAGE_SIZE - last->address;
        return true;
    }
    if (list->count == SNAPSHOT_MAX_EXTENTS)
        return false;
    list->at[list->count++] = (struct snapshot_extent){
        .address = address, .length = PAGE_SIZE, .copied = copied};
    return true;
}

/* Returns 0, 1 where there are too many extents, or a negative errno. */
static int scan(int pagemap, const struct guest_memory *memory,
                const struct guest_view *view, uint64_t gap_pages,
                struct extent_list *list)
{
    static uint64_t entries[PAGEMAP_BATCH];
    const uint64_t pages = memory->size / PAGE_SIZE;
    unsigned int copied = 0;

    list->count = 0;
    for (uint64_t first = 0; first < pages; first += PAGEMAP_BATCH) {
        const uint64_t at = (uintptr_t)memory->host / PAGE_SIZE + first;
        const uint64_t left = pages - first;
        const size_t count = left < PAGEMAP_BATCH ? left : PAGEMAP_BATCH;
        const size_t size = count * sizeof(entries[0]);

        if (pread(pagemap, entries, size, (off_t)(at * sizeof(entries[0]))) !=
            (ssize_t)size)
            return -EIO;
        for (size_t i = 0; i < count; i++) {
            const uint64_t address = (first + i) * PAGE_SIZE;
            bool copy;

            if ((entries[i] & PAGEMAP_PRESENT) == 0 ||
                is_zero(memory->host + address))
                continue;
            copy = copied < COPIED_PAGES && is_writable(view, address);
            copied += copy;
            if (!add_page(list, address, copy, gap_pages))
                return 1;
        }
    }
    return 0;
}

static int find_extents(int pagemap, const struct guest_memory *memory,
                        const struct guest_view *view, struct extent_list *list,
                        struct error *error)
{
    int status = 1;

    for (uint64_t gap = GAP_PAGES; status == 1; gap *= 4)
        status = scan(pagemap, memory, view, gap, list);
    if (status < 0)
        return error_errno(error, -status, "/proc/self/pagemap");
    return 0;
}

static uint64_t page_up(uint64_t value)
{
    return (value + PAGE_SIZE - 1) & -(uint64_t)PAGE_SIZE;
}

/* Fixes the places of all parts in the file; returns the head, for free(3). */
static struct snapshot_header *lay_out(const struct unikernel *unikernel,
                                       const struct recorder *recorder,
                                       struct extent_list *list)
{
    struct snapshot_header fixed = {
        .version = SNAPSHOT_VERSION,
        .interface = snapshot_interface(),
        .memory_size = unikernel->memory.size,
        .held = unikernel->memory.held,
        .held_end = unikernel->memory.held_end,
        .extent_count = list->count,
        .output_size = (uint32_t)recorder->kept.size,
        .pending = unikernel->pending,
    };
    uint64_t offset = page_up(snapshot_head_size(&fixed));
    struct snapshot_header *head = calloc(1, offset);
    char *tables;

    if (head == NULL)
        return NULL;
    tables = (char *)(head + 1);
    for (uint32_t i = 0; i < list->count; i++) {
        list->at[i].offset = offset;
        offset += list->at[i].length;
    }
    memcpy(fixed.magic, SNAPSHOT_MAGIC, sizeof(fixed.magic));
    fixed.file_size = offset;
    *head = fixed;
    memcpy(tables, list->at, list->count * sizeof(list->at[0]));
    if (recorder->kept.size > 0)
        memcpy(tables + list->count * sizeof(list->at[0]), recorder->kept.data,
               recorder->kept.size);
    return head;
}

static int write_parts(int fd, const struct snapshot_header *head,
                       const struct guest_memory *memory)
{
    const struct snapshot_extent *extents = (const void *)(head + 1);
    int status = file_write_all(fd, head, page_up(snapshot_head_size(head)));

    for (uint32_t i = 0; status == 0 && i < head->extent_count; i++)
        status = file_write_all(fd, memory->host + extents[i].address,
                                extents[i].length);
    /* Before it gets its name: after a crash it must not be half a file. */
    if (status == 0 && fdatasync(fd) < 0)
        status = -errno;
    return status;
}

static int view_guest(const struct guest_memory *memory,
                      struct guest_view *view, struct error *error)
{
    struct boot_info boot;

    if (guest_memory_read(memory, (struct guest_addr){SYSTEM_BOOT_INFO}, &boot,
                          sizeof(boot)) < 0)
        return error_set(error, EINVAL,
                         "the guest has lost its boot information");
    *view = (struct guest_view){memory, boot.window};
    return 0;
}

int snapshot_prepare(const struct unikernel *unikernel,
                     struct snapshot_preparation *preparation,
                     struct error *error)
{
    preparation->pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
    if (preparation->pagemap < 0)
        return error_errno(error, errno, "/proc/self/pagemap");
    return unikernel_vcpu_describe(&unikernel->vm, &preparation->vcpu, error);
}

void snapshot_preparation_release(struct snapshot_preparation *preparation)
{
    cleanup_close(&preparation->pagemap);
    preparation->pagemap = -1;
}

/* Head and extents; *head is for free(3). */
static int describe(const struct unikernel *unikernel,
                    const struct recorder *recorder,
                    const struct snapshot_preparation *preparation,
                    struct snapshot_header **head, struct error *error)
{
    _cleanup_free_ struct extent_list *list = malloc(sizeof(*list));
    struct guest_view view;
    int status;

    if (list == NULL)
        return error_errno(error, ENOMEM, "the snapshot");
    status = view_guest(&unikernel->memory, &view, error);
    if (status == 0)
        status = find_extents(preparation->pagemap, &unikernel->memory, &view,
                              list, error);
    if (status < 0)
        return status;
    *head = lay_out(unikernel, recorder, list);
    if (*head == NULL)
        return error_errno(error, ENOMEM, "the snapshot");
    (*head)->vcpu = preparation->vcpu;
    status = unikernel_vcpu_save(&unikernel->vcpu, &(*head)->vcpu, error);
    if (status == 0)
        status = boot_elapsed(&unikernel->vcpu, &unikernel->memory,
                              &(*head)->monotonic_ns, error);
    return status;
}

int snapshot_save(const struct unikernel *unikernel,
                  const struct recorder *recorder,
                  const struct snapshot_origin *origin,
                  const struct snapshot_preparation *preparation,
                  const struct snapshot_file *file, struct error *error)
{
    _cleanup_free_ struct snapshot_header *head = NULL;
    int status = describe(unikernel, recorder, preparation, &head, error);

    if (status < 0)
        return status;
    head->origin = *origin;
    head->checksum = snapshot_checksum(head);
    status = write_parts(file->fd, head, &unikernel->memory);
    return status == 0
               ? 0
               : error_errno(error, -status, "%s: cannot write", file->path);
}
