/*
 * What the statistics do in the long run, tried out on made-up timings whose
 * truth is known: skewed (log-normal) with a tenth of far outliers, as real
 * ones are, on a host whose speed drifts by a third. The checks are a table,
 * each a rate and the bounds that it must keep to. `ringside selftest stats`
 * and the unit tests go through the same table.
 *
 * The seed is fixed, so that the rates are the same on each run and machine.
 */
#ifndef RINGSIDE_BENCH_SIMULATION_H
#define RINGSIDE_BENCH_SIMULATION_H

#include <gsl/gsl_rng.h>
#include <stdbool.h>
#include <stddef.h>

enum {
    /* With fewer, chance alone reaches beyond the bounds of the table. */
    SIMULATION_FEWEST = 2000,
    SIMULATION_MOST_BLOCKS = 60,
};

struct simulation_check {
    const char *what;         /* is counted, for the reader */
    size_t n;                 /* blocks, or values of each sample */
    double truth;             /* the true ratio to native */
    double spread;            /* of the timings' logarithms */
    bool control;             /* is there a second native run? */
    double at_least, at_most; /* bounds of the rate, 0..1 */
    /*
     * One session of made-up measurements: 1 when what is counted happened,
     * 0 when not, -ENOMEM.
     */
    int (*session)(gsl_rng *random, const struct simulation_check *check);
};

extern const struct simulation_check simulation_checks[];
extern const size_t simulation_check_count;

/*
 * How often, of so many sessions, what the check counts happened.
 * Errors: -ENOMEM.
 */
int simulation_rate(const struct simulation_check *check, int sessions,
                    double *rate);

/* Is the rate within the check's bounds? */
bool simulation_holds(const struct simulation_check *check, double rate);

#endif
