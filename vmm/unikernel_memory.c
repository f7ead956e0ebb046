/*
 * What of a unikernel's memory KVM is told of at its start: room for the
 * program, a heap and some mappings at one end, for the stack and some mappings
 * at the other. The middle comes when the library OS asks for it.
 *
 * A KVM that shadows page tables keeps 10 bytes for each page that it knows of:
 * with 512 MiB that is 0.15 ms of a start and more memory than a small guest
 * touches.
 */
#include "vmm/unikernel.h"

#include "guests/unikernel/layout.h"

enum {
    ROOM = 4 << 20,      /* for heap or mappings, at each end */
    STACK = 10 << 20,    /* the largest there is, with its guard */
    HELD_MIN = 32 << 20, /* less is not worth a hypercall */
};

void unikernel_hold_memory(struct guest_memory *memory,
                           const struct program *program)
{
    const uint64_t used = WINDOW_PHYSICAL + program->end - program->window;
    const uint64_t low =
        (used + ROOM + LARGE_PAGE_SIZE - 1) & -(uint64_t)LARGE_PAGE_SIZE;
    const uint64_t high = memory->size - STACK - ROOM;

    if (memory->size < STACK + ROOM + HELD_MIN || low > high - HELD_MIN)
        return;
    memory->held = (struct guest_addr){low};
    memory->held_end = (struct guest_addr){high};
}
