/*
 * A walk through memory in which each step must wait for the last: one
 * pointer to a cache line, each line naming the next, all lines on a single
 * cycle in random order.
 */
#ifndef RINGSIDE_WORKLOAD_WALK_H
#define RINGSIDE_WORKLOAD_WALK_H

#include "memory.h"

#include <stddef.h>
#include <stdint.h>

struct line {
    struct line *next;
    char padding[LINE_SIZE - sizeof(struct line *)];
};

/*
 * Links lines[0..count-1], 1 <= count <= 2^32, into one cycle through all of
 * them, drawn by seed. Source: Sattolo, "An algorithm to generate a random
 * cyclic permutation", 1986.
 */
void walk_link(struct line *lines, size_t count, uint64_t seed);

/* Goes `steps` lines on, a multiple of 8, and returns where that leads. */
struct line *walk_follow(struct line *from, uint64_t steps);

#endif
