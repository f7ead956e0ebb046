/* The table of costs, and adding them to a run; see costs.h. */
#include "bench/costs.h"

#include <string.h>

const struct cost_kind cost_kinds[] = {
    {"cpu_guest", "ns"},
    {"cpu_per_operation", "ns"},
    {"kvm_exits", "count"},
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
    {"memory_guest_kernel", "bytes"},
    {NULL, NULL},
};

static const char suffix[] = "_per_operation", exits[] = "kvm_exits_";

/* Is it the kind, or the kind by operation? */
static bool is_kind(const char *name, const char *kind)
{
    const size_t length = strlen(kind);

    return strncmp(name, kind, length) == 0 &&
           (name[length] == '\0' || strcmp(name + length, suffix) == 0);
}

const char *cost_unit(const char *name)
{
    for (const struct cost_kind *kind = cost_kinds; kind->name != NULL;
         kind++) {
        if (is_kind(name, kind->name))
            return kind->unit;
    }
    return strncmp(name, exits, strlen(exits)) == 0 ? "count" : NULL;
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
    const char *unit = cost_unit(name);

    if (unit == NULL || run->cost_count == RESULT_MAX_COSTS ||
        cost_find(run, name) != NULL)
        return;
    run->costs[run->cost_count++] =
        (struct result_cost){name, value, unit, why};
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

void costs_miss_usage(struct result_run *run, const char *why)
{
    cost_add_missing(run, "page_faults_minor", why);
    cost_add_missing(run, "page_faults_major", why);
    cost_add_missing(run, "context_switches_voluntary", why);
    cost_add_missing(run, "context_switches_involuntary", why);
}

void costs_forget(struct result_run *run, const char *why)
{
    for (size_t i = 0; i < run->cost_count; i++) {
        run->costs[i].value = RESULT_ABSENT;
        run->costs[i].why = why;
    }
}
