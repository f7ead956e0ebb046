/*
 * What a snapshot says of itself, checked before anything is done with it. No
 * sum below can wrap: each operand is bounded first.
 */
#include "vmm/snapshot.h"

#include "guests/unikernel/boot_info.h"
#include "guests/unikernel/hypercall.h"
#include "guests/unikernel/layout.h"
#include "vmm/checksum.h"

#include <errno.h>
#include <string.h>

#define MEMORY_MAX (1ull << 40)

size_t snapshot_head_size(const struct snapshot_header *header)
{
    return sizeof(*header) +
           header->extent_count * sizeof(struct snapshot_extent) +
           header->output_size;
}

/* The library OS in the snapshot's memory speaks the VMM's language if so. */
uint32_t snapshot_interface(void)
{
    return BOOT_INFO_VERSION << 16 | HYPERCALL_COUNT;
}

uint64_t snapshot_checksum(const struct snapshot_header *header)
{
    const size_t start = offsetof(struct snapshot_header, file_size);

    return checksum_add(CHECKSUM_START, (const char *)header + start,
                        snapshot_head_size(header) - start);
}

static int bad(struct error *error, const char *what)
{
    return error_set(error, EINVAL, "is damaged: %s", what);
}

int snapshot_check_header(const struct snapshot_header *header,
                          uint64_t file_size, struct error *error)
{
    if (memcmp(header->magic, SNAPSHOT_MAGIC, sizeof(header->magic)) != 0)
        return error_set(error, EINVAL, "is no snapshot");
    if (header->version != SNAPSHOT_VERSION)
        return error_set(error, ENOTSUP,
                         "is a snapshot of version %u, not %d: make it again",
                         header->version, SNAPSHOT_VERSION);
    if (header->interface != snapshot_interface())
        return error_set(error, ENOTSUP,
                         "was made by another ringside-vmm: make it again");
    if (header->file_size != file_size)
        return bad(error, "it has not the size that it should have");
    if (header->memory_size < UNIKERNEL_MIN_MEMORY ||
        header->memory_size > MEMORY_MAX ||
        header->memory_size % LARGE_PAGE_SIZE != 0)
        return bad(error, "its memory has an impossible size");
    if ((header->held.value | header->held_end.value) % LARGE_PAGE_SIZE != 0 ||
        header->held.value > header->held_end.value ||
        header->held_end.value > header->memory_size)
        return bad(error, "it holds memory back that it has not");
    if (header->extent_count == 0 ||
        header->extent_count > SNAPSHOT_MAX_EXTENTS ||
        header->output_size > RECORDER_MAX ||
        snapshot_head_size(header) > file_size)
        return bad(error, "its tables have an impossible size");
    return 0;
}

/* Extents ascend and do not overlap, in memory and in the file. */
static int check_extents(const struct snapshot_header *header,
                         struct error *error)
{
    const struct snapshot_extent *extent =
        (const struct snapshot_extent *)(header + 1);
    uint64_t address = 0, offset = snapshot_head_size(header);

    for (uint32_t i = 0; i < header->extent_count; i++, extent++) {
        if ((extent->address | extent->length | extent->offset) % PAGE_SIZE !=
                0 ||
            extent->length == 0 || extent->copied > 1 ||
            extent->address < address ||
            extent->address > header->memory_size ||
            extent->length > header->memory_size - extent->address)
            return bad(error, "a part of its memory lies outside");
        if (extent->offset < offset || extent->offset > header->file_size ||
            extent->length > header->file_size - extent->offset)
            return bad(error, "a part of its memory is not in the file");
        address = extent->address + extent->length;
        offset = extent->offset + extent->length;
    }
    return 0;
}

int snapshot_check_head(const struct snapshot_header *header,
                        struct error *error)
{
    const char *output = (const char *)(header + 1) +
                         header->extent_count * sizeof(struct snapshot_extent);

    if (header->checksum != snapshot_checksum(header))
        return bad(error, "its checksum is wrong");
    if (memchr(header->origin.bundle, '\0', sizeof(header->origin.bundle)) ==
        NULL)
        return bad(error, "its bundle has no end");
    if (header->pending.number >= HYPERCALL_COUNT)
        return bad(error, "it waits for no hypercall that there is");
    if (!recorder_check(output, header->output_size))
        return bad(error, "its output is cut off");
    return check_extents(header, error);
}

uint64_t snapshot_root(const struct root_archive *root)
{
    if (root->size == 0)
        return 0;
    return checksum_add(CHECKSUM_START, root->data, root->size);
}
