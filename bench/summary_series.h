/*
 * How a run's values come into the series of its cell.
 */
#ifndef RINGSIDE_BENCH_SUMMARY_SERIES_H
#define RINGSIDE_BENCH_SUMMARY_SERIES_H

#include "bench/summary_collect.h"

/* What one program reports under ever new names is not a metric. */
enum { SERIES_MAX = 128 };

/* Adds a value of a run to a series. Errors: -ENOMEM. */
int series_put(struct series *series, const struct result_run *run,
               double value);

/*
 * Adds a value of a run to the cell's series of that metric, made if need be,
 * which is handed back. Errors: -ENOMEM, -E2BIG beyond SERIES_MAX of them.
 */
int series_take(struct cell_record *cell, const char *metric, const char *unit,
                const struct result_run *run, double value,
                struct series **series);

#endif
