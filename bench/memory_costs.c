/*
 * Memory costs of an idle instance; see memory_costs.h. The kernel's part comes
 * from memory.stat where the run has a cgroup of version 2. Elsewhere page
 * tables and stacks are summed over the processes by /proc, and the rest cannot
 * be had.
 */
#include "bench/memory_costs.h"

#include "bench/costs.h"
#include "bench/files.h"

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

void memory_costs_read(const struct containment *containment, const pid_t *pids,
                       size_t count, struct result_run *run)
{
    static const char no_processes[] =
        "the memory of its processes could not be read in /proc";
    struct process_sums sums = sum_processes(pids, count);
    struct cgroup_memory held;
    const char *why;

    cgroup_read_memory(containment->host, containment->session, &held);
    why = held.current < 0
              ? "no cgroup with a memory controller could be made for the run"
              : "cgroup version 1 does not tell it apart";
    if (held.stack < 0 && sums.threads >= 0)
        held.stack = sums.threads * KERNEL_STACK_SIZE;
    if (held.page_tables < 0)
        held.page_tables = sums.page_tables;
    add_or_miss(run, "memory_shared", sums.shared, no_processes);
    add_or_miss(run, "memory_current", held.current, why);
    add_or_miss(run, "memory_kernel_stack", held.stack, no_processes);
    add_or_miss(run, "memory_page_tables", held.page_tables, no_processes);
    if (held.unified)
        why = "this kernel's memory.stat does not tell it";
    add_or_miss(run, "memory_secondary_page_tables", held.secondary_page_tables,
                why);
    add_or_miss(run, "memory_slab", held.slab, why);
}
