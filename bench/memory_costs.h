/*
 * What an idle instance holds: by several methods that do not agree, each
 * recorded under its own name. Why they differ: docs/costs.md.
 */
#ifndef RINGSIDE_BENCH_MEMORY_COSTS_H
#define RINGSIDE_BENCH_MEMORY_COSTS_H

#include "bench/containment.h"

/*
 * Fills the memory and adds the memory_... costs of all processes in the
 * containment's groups (NULL-terminated names; without cgroups, of everything
 * below this process) to a run.
 */
void memory_costs_read(const struct containment *containment,
                       const char *const *groups, struct result_run *run);

/* Takes off from the memory of one reading what another had found before. */
void memory_costs_take_off(struct result_run *run,
                           const struct result_run *before);

#endif
