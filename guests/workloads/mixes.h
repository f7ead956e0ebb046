/*
 * The arithmetic of cpu-int and cpu-float, apart from their timing, so that
 * a test can compare it with an independent computation.
 */
#ifndef RINGSIDE_WORKLOAD_MIXES_H
#define RINGSIDE_WORKLOAD_MIXES_H

#include <stdint.h>

struct integer_mix {
    uint64_t a, b, c;
};

struct float_mix {
    double u, v, w;
};

/* Where both start; any other start is as good. */
extern const struct integer_mix integer_mix_start;
extern const struct float_mix float_mix_start;

/* Does `rounds` rounds, each on the outcome of the last. */
void integer_mix_run(struct integer_mix *mix, uint64_t rounds);
void float_mix_run(struct float_mix *mix, uint64_t rounds);

#endif
