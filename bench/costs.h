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
 * The unit of a cost: of one of the table, of one that is named for it with
 * "_per_operation" behind, or of "kvm_exits_" and a reason. NULL: no such cost.
 */
const char *cost_unit(const char *name);

/*
 * Adds a cost to a run, or the reason why it has none; name and reason must
 * last as long as the run. A value below 0 adds nothing, and neither does a
 * name that is no cost's, a run that is full, or one that has it already.
 */
void cost_add(struct result_run *run, const char *name, double value);
void cost_add_missing(struct result_run *run, const char *name,
                      const char *why);

/* The run's cost of that name, or NULL. */
const struct result_cost *cost_find(const struct result_run *run,
                                    const char *name);

/* Page faults and context switches of everything that was waited for. */
void costs_add_usage(struct result_run *run, const struct rusage *usage);

/* The same, not known for this reason. */
void costs_miss_usage(struct result_run *run, const char *why);

/* Puts a reason in the place of every value that the run has. */
void costs_forget(struct result_run *run, const char *why);

#endif
