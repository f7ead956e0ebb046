/* The order of runs; see schedule.h for the contract. */
#include "bench/schedule.h"

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>

/*
 * Seeds of neighbouring blocks must not give neighbouring streams: the
 * finaliser of splitmix64 (Steele, Lea, Flood 2014) mixes all bits. The
 * generator takes 32 of them.
 */
static unsigned long mix(uint64_t seed, uint64_t block)
{
    uint64_t z = seed + (block + 1) * UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (unsigned long)((z ^ (z >> 31)) & UINT32_MAX);
}

void schedule_block(uint64_t seed, int64_t block, size_t platforms,
                    size_t workloads, struct pairing *order)
{
    gsl_rng *generator = gsl_rng_alloc(gsl_rng_mt19937);

    for (size_t i = 0; i < platforms * workloads; i++)
        order[i] = (struct pairing){i / workloads, i % workloads};
    gsl_rng_set(generator, mix(seed, (uint64_t)block));
    gsl_ran_shuffle(generator, order, platforms * workloads, sizeof(*order));
    gsl_rng_free(generator);
}
