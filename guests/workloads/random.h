/*
 * Generated data, the same everywhere: SplitMix64 (Steele, Lea and Flood,
 * "Fast splittable pseudorandom number generators", OOPSLA 2014).
 */
#ifndef RINGSIDE_WORKLOAD_RANDOM_H
#define RINGSIDE_WORKLOAD_RANDOM_H

#include <stdint.h>

/* Advances *state, any seed, and returns the next 64 random bits. */
static inline uint64_t random_next(uint64_t *state)
{
    uint64_t bits = *state += 0x9e3779b97f4a7c15u;

    bits = (bits ^ bits >> 30) * 0xbf58476d1ce4e5b9u;
    bits = (bits ^ bits >> 27) * 0x94d049bb133111ebu;
    return bits ^ bits >> 31;
}

/* A number below bound, which is 1..2^32. */
static inline uint64_t random_below(uint64_t *state, uint64_t bound)
{
    return (random_next(state) >> 32) * bound >> 32;
}

#endif
