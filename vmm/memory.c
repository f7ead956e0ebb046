/*
 * Guest memory: one anonymous mapping, 2 MiB aligned so that the host can back
 * it and the guest can map it by huge pages.
 */
#include "vmm/memory.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>

#define ALIGNMENT (2ull << 20)

int guest_memory_create(struct guest_memory *memory, uint64_t size,
                        struct error *error)
{
    uint64_t rounded = (size + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
    uint64_t lead;
    char *host;

    if (rounded < size || rounded > INT64_MAX - ALIGNMENT)
        return error_set(error, ENOMEM,
                         "guest memory of %" PRIu64 " bytes is too large",
                         size);
    host = mmap(NULL, rounded + ALIGNMENT, PROT_READ | PROT_WRITE,
                MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (host == MAP_FAILED)
        return error_errno(error, errno,
                           "cannot reserve %" PRIu64 " bytes of guest memory",
                           size);
    lead = -(uintptr_t)host % ALIGNMENT;
    if (lead > 0)
        munmap(host, lead);
    if (lead < ALIGNMENT)
        munmap(host + lead + rounded, ALIGNMENT - lead);
    memory->host = host + lead;
    memory->size = memory->low_size = rounded;
    memory->held = memory->held_end = (struct guest_addr){0};
    return 0;
}

void guest_memory_release(struct guest_memory *memory)
{
    if (memory->host != NULL)
        munmap(memory->host, memory->size);
    memory->host = NULL;
    memory->size = memory->low_size = 0;
}

void guest_memory_leave_gap(struct guest_memory *memory)
{
    if (memory->low_size > GUEST_MEMORY_GAP)
        memory->low_size = GUEST_MEMORY_GAP;
}

void guest_memory_advise_huge(const struct guest_memory *memory,
                              struct guest_addr address, uint64_t length)
{
    void *slice = guest_memory_slice(memory, address, length);

    if (slice != NULL)
        madvise(slice, length, MADV_HUGEPAGE);
}

void *guest_memory_slice(const struct guest_memory *memory,
                         struct guest_addr address, uint64_t length)
{
    const uint64_t low = memory->low_size, high = memory->size - low;

    if (address.value <= low && length <= low - address.value)
        return memory->host + address.value;
    if (high > 0 && address.value >= GUEST_MEMORY_HIGH) {
        uint64_t offset = address.value - GUEST_MEMORY_HIGH;

        if (offset <= high && length <= high - offset)
            return memory->host + low + offset;
    }
    return NULL;
}

int guest_memory_read(const struct guest_memory *memory,
                      struct guest_addr address, void *to, size_t length)
{
    const void *slice = guest_memory_slice(memory, address, length);

    if (slice == NULL)
        return -EFAULT;
    memcpy(to, slice, length);
    return 0;
}

int guest_memory_write(const struct guest_memory *memory,
                       struct guest_addr address, const void *from,
                       size_t length)
{
    void *slice = guest_memory_slice(memory, address, length);

    if (slice == NULL)
        return -EFAULT;
    memcpy(slice, from, length);
    return 0;
}
