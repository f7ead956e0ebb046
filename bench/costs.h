/*
 * Costs of a run: what it took from the host, measured from outside and
 * recorded beside what the workload reported. Names, units and what each one
 * means: docs/costs.md. A cost that could not be had is recorded with the
 * reason in place of a value.
 */
#ifndef RINGSIDE_BENCH_COSTS_H
#define RINGSIDE_BENCH_COSTS_H

#include "bench/results.h"

#include <sys/resource.h>

/* A kind of cost. */
struct cost_kind {
    const char *name;
    const char *unit;
};

/* The table of them, ended by a NULL name. */
extern const struct cost_kind cost_kinds[];

/*
 * Adds a cost of the table to a run, or the reason why it has none; `why` must
 * last as long as the run. A value below 0 without a reason adds nothing, and
 * neither does a full run or a cost that the run has already.
 */
void cost_add(struct result_run *run, const char *name, double value);
void cost_add_missing(struct result_run *run, const char *name,
                      const char *why);

/* The run's cost of that name, or NULL. */
const struct result_cost *cost_find(const struct result_run *run,
                                    const char *name);

/* Page faults and context switches of everything that was waited for. */
void costs_add_usage(struct result_run *run, const struct rusage *usage);

/* Puts a reason in the place of every value that the run has. */
void costs_forget(struct result_run *run, const char *why);

#endif
