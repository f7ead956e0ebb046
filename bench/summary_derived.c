/*
 * The metrics that the harness measures itself, whatever the workload reports:
 * times by the host's clock, processor time, memory.
 */
#include "bench/summary_collect.h"

#include <string.h>

static double ready_of(const struct result_run *run)
{
    return (double)run->ready_ns;
}

static double exit_of(const struct result_run *run)
{
    return (double)run->exit_ns;
}

static double cpu_of(const struct result_run *run)
{
    if (run->cpu_user_ns == RESULT_ABSENT ||
        run->cpu_system_ns == RESULT_ABSENT)
        return (double)RESULT_ABSENT;
    return (double)run->cpu_user_ns + (double)run->cpu_system_ns;
}

static double user_of(const struct result_run *run)
{
    return (double)run->cpu_user_ns;
}

static double system_of(const struct result_run *run)
{
    return (double)run->cpu_system_ns;
}

static double pss_of(const struct result_run *run)
{
    return (double)run->memory.pss;
}

static double uss_of(const struct result_run *run)
{
    return (double)run->memory.uss;
}

static double kernel_of(const struct result_run *run)
{
    return (double)run->memory.kernel;
}

static double peak_of(const struct result_run *run)
{
    return (double)run->memory.peak;
}

/* An idle instance is ended by the harness, so it has no exit of its own. */
const struct derived_metric derived_metrics[] = {
    {"spawn_to_ready", "ns", true, true, ready_of},
    {"spawn_to_exit", "ns", false, true, exit_of},
    {"cpu_time", "ns", true, true, cpu_of},
    {"cpu_user", "ns", true, true, user_of},
    {"cpu_system", "ns", true, true, system_of},
    {"memory_pss", "bytes", true, false, pss_of},
    {"memory_uss", "bytes", true, false, uss_of},
    {"memory_kernel", "bytes", true, false, kernel_of},
    {"memory_peak", "bytes", true, false, peak_of},
    {NULL, NULL, false, false, NULL},
};

bool derived_metric_applies(const struct derived_metric *metric,
                            const struct result_workload *workload)
{
    return strcmp(workload->group, "idle") == 0 ? metric->idle : metric->other;
}

bool derived_metric_named(const char *name)
{
    for (const struct derived_metric *metric = derived_metrics;
         metric->name != NULL; metric++)
        if (strcmp(metric->name, name) == 0)
            return true;
    return false;
}
