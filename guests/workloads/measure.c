/* Calibration and timing; see measure.h. */
#include "measure.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    NS_PER_MS = 1000000,
    GROWTH_MAXIMUM = 10, /* a batch at most this much longer than the last */
    /* No workload can do so many operations in no time at all. */
    INSTANT_MAXIMUM = 100000000,
};

int clock_ns(uint64_t *now)
{
    struct timespec time;

    if (clock_gettime(CLOCK_MONOTONIC, &time) < 0)
        return report_failure("no monotonic clock: %s", strerror(errno));
    *now = (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
    return 0;
}

static int time_batch(const struct batch *batch, uint64_t iterations,
                      uint64_t *elapsed)
{
    uint64_t before, after;

    if (clock_ns(&before) < 0)
        return -1;
    batch->run(batch->state, iterations);
    if (clock_ns(&after) < 0)
        return -1;
    *elapsed = after - before;
    return 0;
}

/*
 * Finds how many iterations last at least `wanted` ns. Aims a fifth beyond,
 * so that a first batch slowed by cold caches does not leave the rest short.
 * *total is how many were done on the way.
 */
static int calibrate(const struct batch *batch, uint64_t wanted,
                     uint64_t *iterations, uint64_t *total)
{
    uint64_t elapsed;

    *iterations = 1;
    *total = 0;
    for (;;) {
        double growth = GROWTH_MAXIMUM;

        if (time_batch(batch, *iterations, &elapsed) < 0)
            return -1;
        *total += *iterations;
        if (elapsed >= wanted)
            return 0;
        if (elapsed == 0 && *iterations > INSTANT_MAXIMUM)
            return report_failure("the monotonic clock stands still");
        if (elapsed > wanted / GROWTH_MAXIMUM)
            growth = 1.2 * (double)wanted / (double)elapsed;
        *iterations = (uint64_t)((double)*iterations * growth) + 1;
    }
}

static int compare(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

    return (a > b) - (a < b);
}

double median_ns(uint64_t *samples, uint64_t count)
{
    qsort(samples, count, sizeof(*samples), compare);
    return ((double)samples[(count - 1) / 2] + (double)samples[count / 2]) / 2;
}

int measure(const struct batch *batch, const uint64_t *values,
            struct measurement *measurement)
{
    uint64_t count = values[OPTION_SAMPLES];
    uint64_t wanted = values[OPTION_DURATION] * NS_PER_MS / count;
    uint64_t samples[MEASURE_SAMPLES_MAXIMUM];

    if (calibrate(batch, wanted, &measurement->iterations,
                  &measurement->total) < 0)
        return -1;
    measurement->total += count * measurement->iterations;
    for (uint64_t i = 0; i < count; i++) {
        if (time_batch(batch, measurement->iterations, &samples[i]) < 0)
            return -1;
    }
    measurement->batch_ns = median_ns(samples, count);
    return 0;
}

int measure_and_report(const struct batch *batch, const uint64_t *values,
                       struct report *report)
{
    struct measurement measurement;

    if (report_ready() < 0 || measure(batch, values, &measurement) < 0)
        return -1;
    report_metric(report, "time_per_operation", measured_ns(&measurement, 1),
                  "ns");
    report_iterations(report, &measurement, 1);
    return 0;
}

void report_iterations(struct report *report,
                       const struct measurement *measurement,
                       uint64_t operations)
{
    report_count(report, "iterations", measurement->iterations);
    report_count(report, "operations", measurement->total * operations);
}

double measured_ns(const struct measurement *measurement, double operations)
{
    return measurement->batch_ns /
           ((double)measurement->iterations * operations);
}
