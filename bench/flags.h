/*
 * What may have disturbed a run. A flagged run is kept, shown and counted;
 * summary.json has each figure with and without the flagged ones, so that the
 * reader sees whether they matter. Nothing is dropped.
 */
#ifndef RINGSIDE_BENCH_FLAGS_H
#define RINGSIDE_BENCH_FLAGS_H

#include "bench/results.h"

/* Bits of result_run.flags, in the order of run_flag_names. */
enum run_flag {
    FLAG_STEAL = 1 << 0,     /* a hypervisor below ran something else */
    FLAG_PRESSURE = 1 << 1,  /* something waited for a processor */
    FLAG_LOAD = 1 << 2,      /* more to run than processors, for a minute */
    FLAG_FREQUENCY = 1 << 3, /* a processor was slowed for its heat */
    FLAG_CLOCK = 1 << 4,     /* the clock inside disagrees with the host's */
};

/* Ends with NULL. */
extern const char *const run_flag_names[];

/* The noise that is flagged; parts of the time watched. */
#define FLAG_STEAL_SHARE    0.01 /* of all processors together */
#define FLAG_PRESSURE_SHARE 0.10
#define FLAG_PREEMPTIONS    100.0 /* a second, where there is no PSI */

/*
 * How far the clock inside may be off: what the two records may differ by on
 * their way out, and a share of the time between them.
 */
#define FLAG_CLOCK_NS    INT64_C(5000000)
#define FLAG_CLOCK_SHARE 0.01

/*
 * What the host's clock says of the time that the workload measured by its
 * own (inner_ns), and how far both may be apart; false where it cannot be said.
 */
bool run_outer_clock(const struct result_run *run, int64_t *outer_ns,
                     int64_t *bound_ns);

/* The flags that a run deserves, by its noise and clocks. */
unsigned run_flags_judge(const struct result_run *run, int processors);

/* A list of names for a record; NULL: no memory. */
json_t *run_flags_encode(unsigned flags);

/* The reverse; NULL is no flags. False for anything but known names. */
bool run_flags_decode(const json_t *list, unsigned *flags);

#endif
