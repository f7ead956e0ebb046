/*
 * Chunks are aligned to their size, so that a page finds its chunk by a mask.
 * The first page of a chunk says which of the others are taken. A run that no
 * chunk could hold gets a stretch of its own with the same head. Chunks
 * without a taken page go back to the window, but for one: taking and giving
 * back a last page again and again must not cost a hypercall each time.
 */
#include "guests/unikernel/heap_pages.h"

#include "guests/unikernel/address_space.h"
#include "guests/unikernel/layout.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    CHUNK_MAX = LARGE_PAGE_SIZE,
    CHUNK_MIN = 64 << 10,
    PAGES_MAX = CHUNK_MAX / PAGE_SIZE,
    WINDOW_SHARE = 64, /* a chunk is at most this part of the window */
};

struct chunk {
    struct chunk *next, *previous;
    uint64_t length;          /* of chunk or stretch, with this page */
    uint32_t free;            /* pages */
    uint32_t lowest_free;     /* none below it */
    uint16_t runs[PAGES_MAX]; /* length of the run that starts at a page */
    bool taken[PAGES_MAX];
};

_Static_assert(sizeof(struct chunk) <= PAGE_SIZE, "the head is one page");

static struct chunk *chunks;
static struct chunk *spare; /* the one without a taken page */

/* A power of two that suits the guest's memory. */
static uint64_t chunk_size(void)
{
    static uint64_t size;

    if (size == 0) {
        size = CHUNK_MAX;
        while (size > CHUNK_MIN && size > address_space_size() / WINDOW_SHARE)
            size /= 2;
    }
    return size;
}

static struct chunk *chunk_of(void *memory)
{
    return (struct chunk *)((uintptr_t)memory & -chunk_size());
}

static struct chunk *take_chunk(uint64_t length)
{
    struct chunk *chunk = (void *)address_space_take(length, chunk_size());

    if (chunk != NULL)
        chunk->length = length;
    return chunk;
}

static struct chunk *chunk_create(void)
{
    struct chunk *chunk = take_chunk(chunk_size());

    if (chunk == NULL)
        return NULL;
    chunk->free = (uint32_t)(chunk_size() / PAGE_SIZE - 1);
    chunk->lowest_free = 1;
    for (unsigned page = 0; page < PAGES_MAX; page++)
        chunk->taken[page] = page == 0;
    chunk->previous = NULL;
    chunk->next = chunks;
    if (chunks != NULL)
        chunks->previous = chunk;
    chunks = chunk;
    return chunk;
}

static void chunk_release(struct chunk *chunk)
{
    if (chunk->previous != NULL)
        chunk->previous->next = chunk->next;
    else
        chunks = chunk->next;
    if (chunk->next != NULL)
        chunk->next->previous = chunk->previous;
    address_space_give(chunk, chunk->length);
}

/* First page of the first free run of count pages, 0 when there is none. */
static uint32_t find_run(const struct chunk *chunk, uint64_t count)
{
    uint32_t pages = (uint32_t)(chunk->length / PAGE_SIZE), length = 0;

    if (chunk->free < count)
        return 0;
    for (uint32_t page = chunk->lowest_free; page < pages; page++) {
        length = chunk->taken[page] ? 0 : length + 1;
        if (length == count)
            return page - length + 1;
    }
    return 0;
}

static void *take_run(struct chunk *chunk, uint32_t first, uint64_t count)
{
    if (chunk == spare)
        spare = NULL;
    for (uint64_t page = first; page < first + count; page++)
        chunk->taken[page] = true;
    chunk->runs[first] = (uint16_t)count;
    chunk->free -= (uint32_t)count;
    if (first == chunk->lowest_free)
        chunk->lowest_free += (uint32_t)count;
    return (char *)chunk + (uint64_t)first * PAGE_SIZE;
}

void *heap_pages_allocate(uint64_t count)
{
    struct chunk *chunk;

    if (count > address_space_size() / PAGE_SIZE)
        return NULL;
    if (count >= chunk_size() / PAGE_SIZE) {
        chunk = take_chunk((count + 1) * PAGE_SIZE);
        return chunk == NULL ? NULL : (char *)chunk + PAGE_SIZE;
    }
    for (chunk = chunks; chunk != NULL; chunk = chunk->next) {
        uint32_t first = find_run(chunk, count);

        if (first != 0)
            return take_run(chunk, first, count);
    }
    chunk = chunk_create();
    return chunk == NULL ? NULL : take_run(chunk, 1, count);
}

void heap_pages_free(void *memory)
{
    struct chunk *chunk = chunk_of(memory);
    uint32_t first = (uint32_t)(((char *)memory - (char *)chunk) / PAGE_SIZE);
    uint16_t count;

    if (chunk->length > chunk_size()) {
        address_space_give(chunk, chunk->length);
        return;
    }
    count = chunk->runs[first];
    for (uint32_t page = first; page < first + count; page++)
        chunk->taken[page] = false;
    chunk->free += count;
    if (first < chunk->lowest_free)
        chunk->lowest_free = first;
    if (chunk->free < chunk->length / PAGE_SIZE - 1)
        return;
    if (spare != NULL)
        chunk_release(chunk);
    else
        spare = chunk;
}
