/*
 * Where a density run stops for the machine's sake: before memory, process
 * numbers or time run out, not when they have.
 */
#ifndef RINGSIDE_BENCH_DENSITY_LIMITS_H
#define RINGSIDE_BENCH_DENSITY_LIMITS_H

#include <stddef.h>
#include <stdint.h>

enum { DENSITY_REASON_SIZE = 160 };

struct density_limits {
    int64_t maximum;        /* instances */
    int64_t memory_reserve; /* bytes of MemAvailable that stay */
    int64_t deadline;       /* clock_now() */
};

/* What the machine has; -1 for what it does not tell. */
struct density_machine {
    int64_t memory_available, memory_total; /* bytes */
    int64_t tasks, tasks_maximum;
};

/*
 * Reads /proc/meminfo, /proc/loadavg and the limits of pid_max, threads-max
 * and this process's cgroup (pids.max).
 */
void density_machine_read(struct density_machine *machine);

/* What stays available unless told: a tenth of memory, at least 256 MiB. */
int64_t density_default_reserve(const struct density_machine *machine);

/*
 * Whether one more instance may be started where `instances` run, and
 * before_available was available before the first, which there is always time
 * for. Returns 0 if so, else 1
 * with the reason in words.
 */
int density_must_stop(const struct density_limits *limits,
                      const struct density_machine *now,
                      int64_t before_available, int64_t instances,
                      char reason[DENSITY_REASON_SIZE]);

#endif
