/*
 * A sorted set of disjoint half-open intervals of addresses: which parts of
 * the window are in use. Adjacent intervals are merged.
 */
#ifndef RINGSIDE_UNIKERNEL_INTERVALS_H
#define RINGSIDE_UNIKERNEL_INTERVALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { INTERVALS_MAX = 4096 };

struct interval {
    uint64_t start, end;
};

struct intervals {
    size_t count;
    struct interval at[INTERVALS_MAX];
};

/* Adds [start, end), start < end. Returns 0, or -ENOMEM when full. */
int intervals_add(struct intervals *set, uint64_t start, uint64_t end);

/* Removes [start, end). Returns 0, or -ENOMEM when a split finds no room. */
int intervals_remove(struct intervals *set, uint64_t start, uint64_t end);

/* Whether all, or any, of [start, end) is in the set. */
bool intervals_cover(const struct intervals *set, uint64_t start, uint64_t end);
bool intervals_touch(const struct intervals *set, uint64_t start, uint64_t end);

/*
 * The highest address a, a multiple of alignment (a power of two), such that
 * [a, a + length) lies in [low, high) and outside the set; 0 when there is
 * none.
 */
uint64_t intervals_gap(const struct intervals *set, uint64_t low, uint64_t high,
                       uint64_t length, uint64_t alignment);

/* The first interval that ends behind address, or NULL. */
const struct interval *intervals_next(const struct intervals *set,
                                      uint64_t address);

/* Sum of the lengths of all intervals. */
uint64_t intervals_total(const struct intervals *set);

#endif
