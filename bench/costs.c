/* The table of costs, and adding them to a run; see costs.h. */
#include "bench/costs.h"

#include <string.h>

const struct cost_kind cost_kinds[] = {
    {"page_faults_minor", "count"},
    {"page_faults_major", "count"},
    {"context_switches_voluntary", "count"},
    {"context_switches_involuntary", "count"},
    {"memory_shared", "bytes"},
    {"memory_current", "bytes"},
    {"memory_kernel_stack", "bytes"},
    {"memory_page_tables", "bytes"},
    {"memory_secondary_page_tables", "bytes"},
    {"memory_slab", "bytes"},
    {NULL, NULL},
};

static const struct cost_kind *find_kind(const char *name)
{
    const struct cost_kind *kind = cost_kinds;

    while (kind->name != NULL && strcmp(kind->name, name) != 0)
        kind++;
    return kind->name != NULL ? kind : NULL;
}

const struct result_cost *cost_find(const struct result_run *run,
                                    const char *name)
{
    for (size_t i = 0; i < run->cost_count; i++) {
        if (strcmp(run->costs[i].name, name) == 0)
            return &run->costs[i];
    }
    return NULL;
}

static void append(struct result_run *run, const char *name, double value,
                   const char *why)
{
    const struct cost_kind *kind = find_kind(name);

    if (kind == NULL || run->cost_count == RESULT_MAX_COSTS ||
        cost_find(run, name) != NULL)
        return;
    run->costs[run->cost_count++] =
        (struct result_cost){kind->name, value, kind->unit, why};
}

void cost_add(struct result_run *run, const char *name, double value)
{
    if (value >= 0)
        append(run, name, value, NULL);
}

void cost_add_missing(struct result_run *run, const char *name, const char *why)
{
    append(run, name, RESULT_ABSENT, why);
}

void costs_add_usage(struct result_run *run, const struct rusage *usage)
{
    cost_add(run, "page_faults_minor", (double)usage->ru_minflt);
    cost_add(run, "page_faults_major", (double)usage->ru_majflt);
    cost_add(run, "context_switches_voluntary", (double)usage->ru_nvcsw);
    cost_add(run, "context_switches_involuntary", (double)usage->ru_nivcsw);
}

void costs_forget(struct result_run *run, const char *why)
{
    for (size_t i = 0; i < run->cost_count; i++) {
        run->costs[i].value = RESULT_ABSENT;
        run->costs[i].why = why;
    }
}
