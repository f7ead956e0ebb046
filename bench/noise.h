/*
 * What else the host was doing: time stolen by a hypervisor below, stalls for
 * want of a processor, load. Shown with each run, never used to drop one.
 */
#ifndef RINGSIDE_BENCH_NOISE_H
#define RINGSIDE_BENCH_NOISE_H

#include "bench/results.h"

/* Counters that only grow; RESULT_ABSENT where the host has none. */
struct noise_counters {
    int64_t steal_ns;    /* /proc/stat, all processors together */
    int64_t pressure_us; /* /proc/pressure/cpu, "some" */
    int64_t throttles;   /* of every processor and package, for their heat */
    int64_t at_ns;       /* when they were read */
};

void noise_read(struct noise_counters *counters);

/*
 * What came since `before`, and the load of the last minute. Leaves
 * noise->preemptions alone.
 */
void noise_since(const struct noise_counters *before,
                 struct result_noise *noise);

#endif
