/*
 * The order of runs: randomised complete blocks. Each block holds every
 * (platform, workload) pair once, in an order of its own, so that slow drift
 * of the machine falls on all alike and ratios within a block are fair.
 */
#ifndef RINGSIDE_BENCH_SCHEDULE_H
#define RINGSIDE_BENCH_SCHEDULE_H

#include <stddef.h>
#include <stdint.h>

/* One run of a block: indices of a platform and a workload. */
struct pairing {
    size_t platform, workload;
};

/*
 * Fills order[0 .. platforms*workloads-1] with the order of a block. It
 * depends on its arguments alone: the seed and the block's number give the
 * same order on every machine (gsl_rng_mt19937).
 */
void schedule_block(uint64_t seed, int64_t block, size_t platforms,
                    size_t workloads, struct pairing *order);

#endif
