/* Shared and private mappings of files; see file_mapping.h. */
#include "guests/unikernel/file_mapping.h"

#include "guests/unikernel/address_space.h"
#include "guests/unikernel/heap.h"
#include "guests/unikernel/layout.h"

#include <asm/errno.h>
#include <linux/fcntl.h>
#include <linux/mman.h>
#include <linux/stat.h>
#include <stddef.h>

/* A shared mapping, or what is left of one. */
struct mapping {
    struct mapping *next;
    struct node *node; /* a reference */
    uint64_t start, end;
    uint64_t index;   /* of the page at start in the file */
    uint64_t present; /* pages from start on that the file has */
    uint64_t prot;
    bool may_write;
};

static struct mapping *mappings;

static uint64_t pages(uint64_t length)
{
    return length / PAGE_SIZE + (length % PAGE_SIZE != 0);
}

/* How many of the mapping's pages a file of this size has. */
static uint64_t pages_of(const struct mapping *mapping, uint64_t size)
{
    const uint64_t all = (mapping->end - mapping->start) / PAGE_SIZE;
    const uint64_t there = pages(size);

    if (there <= mapping->index)
        return 0;
    return there - mapping->index < all ? there - mapping->index : all;
}

/* Enters pages [first, end) of the mapping, which the file has. */
static int enter(const struct mapping *mapping, uint64_t first, uint64_t end,
                 uint64_t rights)
{
    int flush = 0;

    for (uint64_t i = first; i < end; i++) {
        void *page;
        int64_t status = mapping->node->operations->page(
            mapping->node, mapping->index + i, &page);

        if (status == 0 && page == NULL)
            status = -ENOMEM;
        if (status == 0 && rights != 0)
            status = address_space_enter(mapping->start + i * PAGE_SIZE, page,
                                         rights);
        if (status < 0)
            return (int)status;
        flush |= (int)status;
    }
    return flush;
}

static struct mapping *find(uint64_t start, uint64_t end)
{
    struct mapping *mapping = mappings;

    while (mapping != NULL && (mapping->start >= end || mapping->end <= start))
        mapping = mapping->next;
    return mapping;
}

bool file_mapping_find(uint64_t start, uint64_t end, uint64_t *from,
                       uint64_t *to)
{
    bool found = false;

    for (const struct mapping *at = mappings; at != NULL; at = at->next) {
        if (at->start >= end || at->end <= start ||
            (found && at->start >= *from))
            continue;
        found = true;
        *from = at->start > start ? at->start : start;
        *to = at->end < end ? at->end : end;
    }
    return found;
}

bool file_mapping_next(uint64_t address, struct file_mapping *next)
{
    const struct mapping *first = NULL;

    for (const struct mapping *at = mappings; at != NULL; at = at->next) {
        if (at->end > address && (first == NULL || at->start < first->start))
            first = at;
    }
    if (first != NULL)
        *next = (struct file_mapping){
            .start = first->start,
            .end = first->end,
            .node = first->node,
            .offset = first->index * PAGE_SIZE,
            .prot = first->prot,
        };
    return first != NULL;
}

bool file_mapping_is_behind_end(uint64_t address)
{
    const struct mapping *mapping = find(address, address + 1);

    return mapping != NULL &&
           (address - mapping->start) / PAGE_SIZE >= mapping->present;
}

int file_mapping_set_rights(uint64_t from, uint64_t to, uint64_t rights)
{
    const struct mapping *mapping = find(from, to);
    const uint64_t first = (from - mapping->start) / PAGE_SIZE;
    uint64_t end = (to - mapping->start) / PAGE_SIZE;

    if (end > mapping->present)
        end = mapping->present;
    return first < end ? enter(mapping, first, end, rights) : 0;
}

static void link_mapping(struct mapping *mapping)
{
    mapping->node->mapped++;
    mapping->next = mappings;
    mappings = mapping;
}

/* Makes the address a border between mappings. */
static int64_t split(uint64_t address)
{
    struct mapping *low = find(address, address + 1), *high;
    uint64_t kept;

    if (low == NULL || low->start == address)
        return 0;
    high = heap_allocate(sizeof(*high));
    if (high == NULL)
        return -ENOMEM;
    kept = (address - low->start) / PAGE_SIZE;
    *high = *low;
    high->start = low->end = address;
    high->index += kept;
    high->present = low->present > kept ? low->present - kept : 0;
    if (low->present > kept)
        low->present = kept;
    node_reference(high->node);
    link_mapping(high);
    return 0;
}

static int64_t split_both(uint64_t start, uint64_t end)
{
    int64_t status = split(start);

    return status < 0 ? status : split(end);
}

int64_t file_mapping_remove(uint64_t start, uint64_t end)
{
    struct mapping **at = &mappings;
    int64_t status = split_both(start, end);

    if (status < 0)
        return status;
    while (*at != NULL) {
        struct mapping *mapping = *at;

        if (mapping->start < start || mapping->end > end) {
            at = &mapping->next;
            continue;
        }
        *at = mapping->next;
        mapping->node->mapped--;
        node_release(mapping->node);
        heap_free(mapping);
    }
    return 0;
}

int64_t file_mapping_protect(uint64_t start, uint64_t end, uint64_t prot)
{
    int64_t status;

    for (struct mapping *at = mappings; at != NULL; at = at->next) {
        if (at->start < end && at->end > start && prot & PROT_WRITE &&
            !at->may_write)
            return -EACCES;
    }
    status = split_both(start, end);
    if (status < 0)
        return status;
    for (struct mapping *at = mappings; at != NULL; at = at->next) {
        if (at->start >= start && at->end <= end)
            at->prot = prot;
    }
    return 0;
}

void file_mapping_shrink(struct node *node, uint64_t size)
{
    for (struct mapping *at = mappings; at != NULL; at = at->next) {
        uint64_t left = pages_of(at, size);

        if (at->node != node || left >= at->present)
            continue;
        address_space_leave(at->start + left * PAGE_SIZE,
                            (at->present - left) * PAGE_SIZE);
        at->present = left;
    }
}

/* Where memory is full the new pages stay away, and an access faults. */
void file_mapping_grow(struct node *node)
{
    int flush = 0;

    for (struct mapping *at = mappings; at != NULL; at = at->next) {
        uint64_t there = pages_of(at, node->size);
        int status;

        if (at->node != node || there <= at->present)
            continue;
        status = enter(at, at->present, there, address_space_rights(at->prot));
        if (status >= 0)
            at->present = there;
        flush |= status > 0;
    }
    if (flush)
        address_space_flush();
}

/* Puts a mapping at a place that is reserved; consumes neither on failure. */
static int64_t map_at(struct node *node, uint64_t start, uint64_t length,
                      const struct mapping *like)
{
    struct mapping *mapping = heap_allocate(sizeof(*mapping));
    int status;

    if (mapping == NULL)
        return -ENOMEM;
    *mapping = *like;
    mapping->node = node_reference(node);
    mapping->start = start;
    mapping->end = start + length;
    mapping->present = pages_of(mapping, node->size);
    link_mapping(mapping);
    status =
        enter(mapping, 0, mapping->present, address_space_rights(like->prot));
    if (status > 0)
        address_space_flush();
    return status < 0 ? status : 0;
}

/* Where a shared mapping goes: a place of its own, or the one asked for. */
static int64_t reserve(const struct mapping_request *request, uint64_t length)
{
    if (request->flags & (MAP_FIXED | MAP_FIXED_NOREPLACE))
        return address_space_reserve_fixed(
            request->hint, length, !(request->flags & MAP_FIXED_NOREPLACE));
    return address_space_reserve(length);
}

static int64_t map_shared(struct description *file,
                          const struct mapping_request *request)
{
    const struct mapping like = {
        .index = request->offset / PAGE_SIZE,
        .prot = request->prot,
        .may_write = description_writable(file),
    };
    const uint64_t length = pages(request->length) * PAGE_SIZE;
    int64_t start, status;

    if (request->prot & PROT_WRITE && !description_writable(file))
        return -EACCES;
    if (!description_readable(file))
        return -EACCES;
    if (file->node->operations->page == NULL)
        return -ENODEV;
    start = reserve(request, length);
    if (start < 0)
        return start;
    status = map_at(file->node, (uint64_t)start, length, &like);
    if (status < 0) {
        address_space_unmap((uint64_t)start, length);
        return status;
    }
    return start;
}

static int64_t map_private(struct description *file,
                           const struct mapping_request *request)
{
    int64_t start, status;

    if (!description_readable(file))
        return -EACCES;
    if (file->node->operations->page == NULL)
        return -ENODEV;
    start = address_space_map(request->hint, request->length,
                              PROT_READ | PROT_WRITE, request->flags);
    if (start < 0)
        return start;
    status = file->node->operations->read(file, (void *)start, request->length,
                                          request->offset);
    if (status >= 0 && request->prot != (PROT_READ | PROT_WRITE))
        status = address_space_protect((uint64_t)start, request->length,
                                       request->prot);
    if (status < 0) {
        address_space_unmap((uint64_t)start, request->length);
        return status;
    }
    return start;
}

int64_t file_mapping_create(struct description *file,
                            const struct mapping_request *request)
{
    const uint64_t type = request->flags & MAP_TYPE;

    if (request->length == 0)
        return -EINVAL;
    if (request->length > FILE_MAPPING_SIZE)
        return -ENOMEM;
    if ((request->offset >> 63) != 0 ||
        request->offset + request->length > INT64_MAX)
        return -EOVERFLOW;
    if (file->node->operations->flags & NODE_AS_ZERO)
        return address_space_map(request->hint, request->length, request->prot,
                                 request->flags);
    if (type == MAP_SHARED || type == MAP_SHARED_VALIDATE)
        return map_shared(file, request);
    return type == MAP_PRIVATE ? map_private(file, request) : -EINVAL;
}

int64_t file_mapping_move(uint64_t start, uint64_t length, uint64_t new_length,
                          uint64_t flags)
{
    const struct mapping *mapping = find(start, start + length);
    struct mapping like;
    int64_t place, status;

    if (mapping->start > start || mapping->end < start + length)
        return -EFAULT;
    if (new_length <= length) {
        if (new_length < length)
            address_space_unmap(start + new_length, length - new_length);
        return (int64_t)start;
    }
    if (!(flags & MREMAP_MAYMOVE))
        return -ENOMEM;
    like = *mapping;
    like.index += (start - mapping->start) / PAGE_SIZE;
    place = address_space_reserve(new_length);
    if (place < 0)
        return place;
    status = map_at(like.node, (uint64_t)place, new_length, &like);
    if (status < 0) {
        address_space_unmap((uint64_t)place, new_length);
        return status;
    }
    address_space_unmap(start, length);
    return place;
}
