/*
 * The table of the small program's workloads: one row each, in the order that
 * `list` prints.
 */
#include "workload.h"

const struct workload *const workloads[] = {
    &noop_workload,
    &cpu_int_workload,
    &cpu_float_workload,
    &sha256_workload,
    &memory_first_workload,
    &memory_touch_workload,
    &memory_stream_workload,
    &memory_latency_workload,
    &syscall_workload,
    &pause_workload,
    NULL,
};
