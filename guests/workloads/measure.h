/*
 * Timing by the workload's own clock: how long one operation takes.
 *
 * A batch repeats the work a number of times. That number is raised until a
 * batch lasts its share of the asked duration; then a few batches are
 * measured and the median one is reported, so that a batch hit by the
 * scheduler does not count. The clock is read only at the ends of a batch: in
 * a guest it may be a trap of many microseconds.
 */
#ifndef RINGSIDE_WORKLOAD_MEASURE_H
#define RINGSIDE_WORKLOAD_MEASURE_H

#include "options.h"
#include "report.h"

#include <stdint.h>

enum {
    MEASURE_SAMPLES_MAXIMUM = 1000,
};

/*
 * The options of every measured workload, and their places in values[]; a
 * workload's own options start at OPTION_OWN.
 */
enum {
    OPTION_DURATION, /* ms, all measured batches together */
    OPTION_SAMPLES,  /* measured batches */
    OPTION_OWN,
};
#define MEASURE_OPTIONS                                                   \
    {"duration", "MS", "measured time in all", 50, 1, 60000},             \
    {                                                                     \
        "samples", "N", "measured batches; the median is reported", 5, 1, \
            MEASURE_SAMPLES_MAXIMUM                                       \
    }

struct measurement {
    double batch_ns;     /* the median batch */
    uint64_t iterations; /* in each batch */
    uint64_t total;      /* in all batches, those that calibrated too */
};

/* Does the work `iterations` times; state is the workload's own. */
struct batch {
    void (*run)(void *state, uint64_t iterations);
    void *state;
};

/*
 * Calibrates and measures by values[OPTION_DURATION] and
 * values[OPTION_SAMPLES]. Returns 0, or -1 after report_failure (no clock).
 */
int measure(const struct batch *batch, const uint64_t *values,
            struct measurement *measurement);

/*
 * Reports the iterations of a batch, and the operations of all batches, where
 * an iteration is so many: what costs that are measured from outside are
 * divided by.
 */
void report_iterations(struct report *report,
                       const struct measurement *measurement,
                       uint64_t operations);

/*
 * All that a workload of one kind of operation does to be timed: says that it
 * is ready, measures, reports time_per_operation and the iterations. Returns
 * as measure does; a reader who is gone ends it as well.
 */
int measure_and_report(const struct batch *batch, const uint64_t *values,
                       struct report *report);

/* Nanoseconds per operation, where an iteration is `operations` of them. */
double measured_ns(const struct measurement *measurement, double operations);

/* Reads CLOCK_MONOTONIC in ns. Returns 0, or -1 after report_failure. */
int clock_ns(uint64_t *now);

/* The median of samples[0..count-1], count >= 1; sorts them in place. */
double median_ns(uint64_t *samples, uint64_t count);

#endif
