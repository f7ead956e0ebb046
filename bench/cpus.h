/*
 * Keeping what is measured on chosen processors: the affinity is set before a
 * platform's command is executed and inherited by all that it starts, which is
 * the same for every platform. Ringside itself stays free to run elsewhere.
 */
#ifndef RINGSIDE_BENCH_CPUS_H
#define RINGSIDE_BENCH_CPUS_H

#include "oci/error.h"

#include <sched.h>

/*
 * Reads a list like "0,2-3" as in cpuset(7). Errors: -EINVAL for another form
 * or a processor that this process may not use, -EDOM for a number that no
 * cpu_set_t holds.
 */
int cpus_parse(const char *text, cpu_set_t *set, struct error *error);

/*
 * Confines this process to a set and says in *before what it had, to be given
 * back with cpus_set: what is started in between is confined. Errors: the
 * errno of sched_getaffinity(2) or sched_setaffinity(2).
 */
int cpus_confine(const cpu_set_t *set, cpu_set_t *before, struct error *error);
int cpus_set(const cpu_set_t *set, struct error *error);

#endif
