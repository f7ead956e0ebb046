/*
 * Memory costs of an idle instance; see memory_costs.h. The kernel's part comes
 * from memory.stat where the run has a cgroup of version 2. Elsewhere page
 * tables and stacks are summed over the processes by /proc, and the rest cannot
 * be had.
 */
#include "bench/memory_costs.h"

#include "bench/costs.h"
#include "bench/files.h"
#include "oci/cleanup.h"

#include <errno.h>
#include <stdio.h>

/* Bytes of a kernel stack: THREAD_SIZE of x86-64 (page_64_types.h). */
enum { KERNEL_STACK_SIZE = 16384 };

/* Sums over processes; RESULT_ABSENT when one cannot be read. */
struct process_sums {
    int64_t shared, page_tables, threads;
};

static bool add_field(const char *text, const char *key, int64_t unit,
                      int64_t *sum)
{
    int64_t value;

    if (field_number(text, key, &value) < 0 || value < 0)
        return false;
    *sum += value * unit;
    return true;
}

/* A process that has just ended, or a kernel thread, holds nothing. */
static bool is_gone(ssize_t n)
{
    return n == -ENOENT || n == -ESRCH || n == 0;
}

static bool add_shared(pid_t pid, int64_t *shared)
{
    char path[64], text[4096];
    ssize_t n;

    snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", (int)pid);
    n = file_read(path, text, sizeof(text));
    return is_gone(n) ||
           (n > 0 && add_field(text, "Shared_Clean", 1024, shared) &&
            add_field(text, "Shared_Dirty", 1024, shared));
}

/* A process that ended but was not reaped has threads and no page tables. */
static bool add_status(pid_t pid, struct process_sums *sums)
{
    char path[64], text[8192];
    int64_t ignored = 0;
    ssize_t n;

    snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
    n = file_read(path, text, sizeof(text));
    if (is_gone(n))
        return true;
    if (n < 0 || !add_field(text, "Threads", 1, &sums->threads))
        return false;
    return add_field(text, "VmPTE", 1024, &sums->page_tables) ||
           !add_field(text, "VmSize", 1024, &ignored);
}

static struct process_sums sum_processes(const pid_t *pids, size_t count)
{
    struct process_sums sums = {0, 0, 0};
    bool shared = count > 0, status = count > 0;

    for (size_t i = 0; i < count; i++) {
        shared = shared && add_shared(pids[i], &sums.shared);
        status = status && add_status(pids[i], &sums);
    }
    if (!shared)
        sums.shared = RESULT_ABSENT;
    if (!status)
        sums.page_tables = sums.threads = RESULT_ABSENT;
    return sums;
}

static void add_or_miss(struct result_run *run, const char *name, int64_t value,
                        const char *why)
{
    if (value >= 0)
        cost_add(run, name, (double)value);
    else
        cost_add_missing(run, name, why);
}

/* Adds up; what one of them does not know, the sum does not. */
static void add_known(int64_t *sum, int64_t more)
{
    *sum = *sum < 0 || more < 0 ? RESULT_ABSENT : *sum + more;
}

static void add_group(const struct containment *containment, const char *group,
                      struct cgroup_memory *held, int64_t *kernel)
{
    struct cgroup_memory more;
    struct cgroup_usage usage;

    cgroup_read_memory(containment->host, containment->session, group, &more);
    cgroup_read_usage(containment->host, containment->session, group, &usage);
    add_known(&held->current, more.current);
    add_known(&held->stack, more.stack);
    add_known(&held->page_tables, more.page_tables);
    add_known(&held->secondary_page_tables, more.secondary_page_tables);
    add_known(&held->slab, more.slab);
    held->unified = more.unified;
    add_known(kernel, usage.kernel);
}

/* memory.stat lags behind what is small; the processes are surely there. */
static int64_t larger(int64_t told, int64_t summed)
{
    return told > summed ? told : summed;
}

static void add_costs(const struct process_sums *sums,
                      const struct cgroup_memory *held, struct result_run *run)
{
    static const char no_processes[] =
        "the memory of its processes could not be read in /proc";
    const char *why =
        held->current < 0
            ? "no cgroup with a memory controller could be made for the run"
            : "cgroup version 1 does not tell it apart";
    const int64_t stacks =
        sums->threads < 0 ? RESULT_ABSENT : sums->threads * KERNEL_STACK_SIZE;
    const int64_t stack = larger(held->stack, stacks);
    const int64_t page_tables = larger(held->page_tables, sums->page_tables);

    add_or_miss(run, "memory_shared", sums->shared, no_processes);
    add_or_miss(run, "memory_current", held->current, why);
    add_or_miss(run, "memory_kernel_stack", stack, no_processes);
    add_or_miss(run, "memory_page_tables", page_tables, no_processes);
    if (held->unified)
        why = "this kernel's memory.stat does not tell it";
    add_or_miss(run, "memory_secondary_page_tables",
                held->secondary_page_tables, why);
    add_or_miss(run, "memory_slab", held->slab, why);
}

void memory_costs_read(const struct containment *containment,
                       const char *const *groups, struct result_run *run)
{
    _cleanup_free_ pid_t *pids = calloc(PROCESS_MAX, sizeof(*pids));
    struct cgroup_memory held = {0};
    struct process_sums sums;
    struct process_memory memory;
    size_t count = 0;

    run->memory.kernel = 0;
    for (size_t i = 0; pids != NULL && groups[i] != NULL; i++) {
        if (containment->has_cgroups && count < PROCESS_MAX)
            count += cgroup_pids(containment->host, containment->session,
                                 groups[i], pids + count, PROCESS_MAX - count);
        add_group(containment, groups[i], &held, &run->memory.kernel);
    }
    if (pids != NULL && !containment->has_cgroups)
        count = process_descendants(pids, PROCESS_MAX);
    if (count > PROCESS_MAX)
        count = 0; /* part of them would be a wrong figure */
    process_memory(pids, count, &memory);
    run->memory.pss = memory.pss;
    run->memory.uss = memory.uss;
    sums = sum_processes(pids, count);
    add_costs(&sums, &held, run);
}

/* Less than before is nothing: another instance gave back what it had. */
static void take_off(int64_t *value, int64_t before)
{
    if (*value >= 0 && before >= 0)
        *value = *value > before ? *value - before : 0;
}

void memory_costs_take_off(struct result_run *run,
                           const struct result_run *before)
{
    take_off(&run->memory.pss, before->memory.pss);
    take_off(&run->memory.uss, before->memory.uss);
    take_off(&run->memory.kernel, before->memory.kernel);
    for (size_t i = 0; i < run->cost_count; i++) {
        const struct result_cost *cost = cost_find(before, run->costs[i].name);
        double *value = &run->costs[i].value;

        if (cost != NULL && cost->value >= 0 && *value >= 0)
            *value = *value > cost->value ? *value - cost->value : 0;
    }
}
