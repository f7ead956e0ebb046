/* Processors and disks of the workload; see scheduling.h. */
#include "container/scheduling.h"

#include <errno.h>
#include <linux/ioprio.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

/* As sched_setattr(2) has it; the C library has none, and the kernel's header
 * cannot be included beside <sched.h>. */
struct sched_attributes {
    uint32_t size, policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t runtime, deadline, period;
};

static int set_scheduler(const struct bundle_scheduler *scheduler,
                         struct error *error)
{
    struct sched_attributes attributes = {
        .size = sizeof(attributes),
        .policy = scheduler->policy,
        .flags = scheduler->flags,
        .nice = scheduler->nice,
        .priority = scheduler->priority,
        .runtime = scheduler->runtime,
        .deadline = scheduler->deadline,
        .period = scheduler->period,
    };

    if (scheduler->present && syscall(SYS_sched_setattr, 0, &attributes, 0) < 0)
        return error_errno(error, errno, "process.scheduler: cannot set it");
    return 0;
}

static int set_io_priority(int priority, struct error *error)
{
    if (priority != 0 &&
        syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, priority) < 0)
        return error_errno(error, errno, "process.ioPriority: cannot set it");
    return 0;
}

/* A number at *text, which moves past it; -1 if there is none. */
static long read_cpu(const char **text)
{
    char *end;
    long cpu = **text >= '0' && **text <= '9' ? strtol(*text, &end, 10) : -1;

    if (cpu < 0 || cpu >= CPU_SETSIZE)
        return -1;
    *text = end;
    return cpu;
}

/* A list such as "0-3,7" (cpuset(7), "List format"). */
static int parse_cpus(const char *text, cpu_set_t *set)
{
    CPU_ZERO(set);
    for (;;) {
        long first = read_cpu(&text), last = first;

        if (*text == '-') {
            text++;
            last = read_cpu(&text);
        }
        if (first < 0 || last < first)
            return -EINVAL;
        for (long cpu = first; cpu <= last; cpu++)
            CPU_SET((size_t)cpu, set);
        if (*text == '\0')
            return 0;
        if (*text++ != ',')
            return -EINVAL;
    }
}

static int set_affinity(const char *cpus, struct error *error)
{
    cpu_set_t set;

    if (cpus == NULL || cpus[0] == '\0')
        return 0;
    if (parse_cpus(cpus, &set) < 0)
        return error_set(error, EINVAL,
                         "process.execCPUAffinity: expected a list of CPUs "
                         "such as \"0-3,7\", got \"%s\"",
                         cpus);
    if (sched_setaffinity(0, sizeof(set), &set) < 0)
        return error_errno(error, errno, "process.execCPUAffinity: %s", cpus);
    return 0;
}

int scheduling_apply(const struct bundle_process *process, struct error *error)
{
    int status = set_affinity(process->affinity, error);

    if (status == 0)
        status = set_scheduler(&process->scheduler, error);
    if (status == 0)
        status = set_io_priority(process->io_priority, error);
    return status;
}
