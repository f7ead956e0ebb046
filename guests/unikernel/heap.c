/*
 * Small objects lie in slabs: a page of objects of one size, with a free list
 * and a count. Pages come in runs from chunks; see heap_pages.c.
 */
#include "guests/unikernel/heap.h"

#include "guests/unikernel/heap_pages.h"
#include "guests/unikernel/layout.h"
#include "guests/unikernel/string.h"

#include <stdbool.h>
#include <stddef.h>

/* Sizes that fill a page well; what is larger gets pages of its own. */
static const uint16_t sizes[] = {
    16,  32,  48,  64,  80,  96,  112,  128,  144,  192,
    256, 336, 448, 512, 576, 800, 1008, 1344, 2016,
};

enum { CLASSES = sizeof(sizes) / sizeof(sizes[0]) };

/* The head of a slab's page; objects follow. */
struct slab {
    struct slab *next, *previous; /* among slabs with room */
    void *free;                   /* objects given back, linked */
    uint16_t class;
    uint16_t used;      /* objects out */
    uint16_t untouched; /* objects never handed out, at the end */
    uint16_t padding;
};

static struct slab *with_room[CLASSES];

static unsigned class_of(uint64_t size)
{
    unsigned class = 0;

    while (class < CLASSES && sizes[class] < size)
        class ++;
    return class;
}

static uint16_t capacity(unsigned class)
{
    return (uint16_t)((PAGE_SIZE - sizeof(struct slab)) / sizes[class]);
}

static bool is_full(const struct slab *slab)
{
    return slab->free == NULL && slab->untouched == 0;
}

static void link_slab(struct slab *slab)
{
    struct slab *first = with_room[slab->class];

    slab->previous = NULL;
    slab->next = first;
    if (first != NULL)
        first->previous = slab;
    with_room[slab->class] = slab;
}

static void unlink_slab(struct slab *slab)
{
    if (slab->previous != NULL)
        slab->previous->next = slab->next;
    else
        with_room[slab->class] = slab->next;
    if (slab->next != NULL)
        slab->next->previous = slab->previous;
}

static struct slab *slab_create(unsigned class)
{
    struct slab *slab = heap_pages_allocate(1);

    if (slab == NULL)
        return NULL;
    *slab = (struct slab){
        .class = (uint16_t) class,
        .untouched = capacity(class),
    };
    link_slab(slab);
    return slab;
}

static void *slab_take(struct slab *slab)
{
    void *object = slab->free;

    if (object != NULL) {
        slab->free = *(void **)object;
    } else {
        slab->untouched--;
        object = (char *)slab + PAGE_SIZE -
                 (slab->untouched + 1ul) * sizes[slab->class];
    }
    slab->used++;
    if (is_full(slab))
        unlink_slab(slab);
    return object;
}

void *heap_allocate(uint64_t size)
{
    unsigned class = class_of(size);
    struct slab *slab;

    if (class == CLASSES)
        return heap_pages_allocate(size / PAGE_SIZE + (size % PAGE_SIZE != 0));
    slab = with_room[class];
    if (slab == NULL)
        slab = slab_create(class);
    return slab == NULL ? NULL : slab_take(slab);
}

void *heap_allocate_zeroed(uint64_t size)
{
    void *memory = heap_allocate(size);

    return memory == NULL ? NULL : memset(memory, 0, size);
}

void heap_free(void *memory)
{
    struct slab *slab = (void *)((uintptr_t)memory & -(uintptr_t)PAGE_SIZE);

    if (memory == NULL)
        return;
    /* An object is never at the start of its page, a run of pages always. */
    if ((void *)slab == memory) {
        heap_pages_free(memory);
        return;
    }
    if (is_full(slab))
        link_slab(slab);
    *(void **)memory = slab->free;
    slab->free = memory;
    if (--slab->used == 0) {
        unlink_slab(slab);
        heap_pages_free(slab);
    }
}
