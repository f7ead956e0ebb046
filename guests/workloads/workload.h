/*
 * A workload: one benchmark program of the multi-call binary. The same bytes
 * run on every platform, so a workload may ask of its platform only what
 * all of them have: write, mmap, munmap, a monotonic clock, exit, and what it
 * measures (threads, pipes, files, signals).
 *
 * Each computes a digest over a FIXED amount of work, equal on every run and
 * every platform, then times as much of the same work as it needs. A platform
 * whose digest differs computed something else, and its times do not count.
 *
 * There are two programs. The small one (table.c) holds what judges start-up
 * and little else, because to some platforms a kilobyte more of program is a
 * microsecond more of every start. All the rest is in table_large.c.
 *
 * To add one: write a file that defines a struct workload, declare it at the
 * end of this header, and add its row to one of the tables.
 */
#ifndef RINGSIDE_WORKLOAD_H
#define RINGSIDE_WORKLOAD_H

#include "options.h"
#include "report.h"

#include <stddef.h>
#include <stdint.h>

struct workload {
    const char *name;
    const char *group;            /* start, cpu, memory, kernel, files,
                                     macro or idle */
    const char *summary;          /* a few words, as in a chart */
    const struct option *options; /* ended by a NULL name */
    /*
     * Does the work. values[i] belongs to options[i]. Writes the ready line
     * itself, before anything is measured; leaves metrics and result in
     * *report. Returns 0, or -1 after report_failure.
     */
    int (*run)(const uint64_t *values, struct report *report);
};

/* Every workload of this program, in the order of the list; NULL-terminated. */
extern const struct workload *const workloads[];

/* The workload of that name, or NULL. */
const struct workload *workload_find(const char *name);

extern const struct workload noop_workload;
extern const struct workload cpu_int_workload;
extern const struct workload cpu_float_workload;
extern const struct workload sha256_workload;
extern const struct workload memory_first_workload;
extern const struct workload memory_touch_workload;
extern const struct workload memory_stream_workload;
extern const struct workload memory_latency_workload;
extern const struct workload fault_file_workload;
extern const struct workload fault_signal_workload;
extern const struct workload syscall_workload;
extern const struct workload getrandom_workload;
extern const struct workload switch_pipe_workload;
extern const struct workload switch_futex_workload;
extern const struct workload file_create_workload;
extern const struct workload file_read_workload;
extern const struct workload file_write_workload;
extern const struct workload file_sync_workload;
extern const struct workload directory_walk_workload;
extern const struct workload hash_join_workload;
extern const struct workload arenas_workload;
extern const struct workload requests_workload;
extern const struct workload archive_workload;
extern const struct workload compress_workload;
extern const struct workload database_workload;
extern const struct workload pause_workload;

#endif
