/*
 * What an idle instance holds besides the PSS and USS of its processes: by
 * several methods that do not agree, each recorded under its own name.
 * Why they differ: docs/costs.md.
 */
#ifndef RINGSIDE_BENCH_MEMORY_COSTS_H
#define RINGSIDE_BENCH_MEMORY_COSTS_H

#include "bench/containment.h"

/*
 * Adds memory_... costs of the processes (count 0: they could not be told) and
 * of the containment's cgroup, where it has one.
 */
void memory_costs_read(const struct containment *containment, const pid_t *pids,
                       size_t count, struct result_run *run);

#endif
