/* The table of workloads: one row each, in the order that `list` prints. */
#include "workload.h"

#include <string.h>

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

const struct workload *workload_find(const char *name)
{
    for (size_t i = 0; workloads[i] != NULL; i++) {
        if (strcmp(workloads[i]->name, name) == 0)
            return workloads[i];
    }
    return NULL;
}
