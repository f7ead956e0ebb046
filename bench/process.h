/*
 * Processes as /proc shows them: who descends from whom, when they started,
 * what memory they hold. Source: proc(5).
 */
#ifndef RINGSIDE_BENCH_PROCESS_H
#define RINGSIDE_BENCH_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

enum { PROCESS_MAX = 4096 };

/*
 * When a process started, in clock ticks since boot: with the pid it names a
 * process for as long as the host is up. Returns 0 or -ESRCH.
 */
int process_start_time(pid_t pid, uint64_t *ticks);

/*
 * Live descendants of this process. With PR_SET_CHILD_SUBREAPER nothing that
 * it started can leave that tree. Returns how many were stored.
 */
size_t process_descendants(pid_t *pids, size_t room);

/*
 * Processes that execute the file of this device and inode, wherever they
 * are. Returns how many were stored.
 */
size_t process_executing(dev_t device, ino_t inode, pid_t *pids, size_t room);

/* Now, in the ticks of process_start_time. */
uint64_t process_ticks_now(void);

/*
 * Reaps every child that has ended, adding what those that started at `since`
 * (ticks) or later used to *usage (NULL: not wanted).
 */
void process_reap(uint64_t since, struct rusage *usage);

/* Adds the times, page faults and context switches of `more` to *usage. */
void process_add_usage(struct rusage *usage, const struct rusage *more);

/* Memory of processes, bytes; RESULT_ABSENT (-1) when one cannot be read. */
struct process_memory {
    int64_t pss; /* proportional: shared pages divided among their users */
    int64_t uss; /* unique: what ending the process would give back */
};

/* Sums /proc/PID/smaps_rollup; a process that has just ended holds nothing. */
void process_memory(const pid_t *pids, size_t count,
                    struct process_memory *memory);

#endif
