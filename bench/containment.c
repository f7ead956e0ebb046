/* Holding a run together; see containment.h for the contract. */
#include "bench/containment.h"

#include "bench/clock.h"
#include "bench/costs.h"
#include "bench/memory_costs.h"
#include "bench/words.h"
#include "oci/cleanup.h"

#include <signal.h>
#include <stdlib.h>

enum { KILL_MILLISECONDS = 5000 };

int containment_open(struct containment *containment,
                     const struct cgroup_host *host, const char *session,
                     bool has_cgroups, struct error *error)
{
    *containment = (struct containment){.host = host,
                                        .session = session,
                                        .has_cgroups = has_cgroups,
                                        .since = process_ticks_now()};
    if (!has_cgroups)
        return 0;
    return cgroup_run_create(host, session, containment->files,
                             &containment->file_count, error);
}

/* One round over the tree of descendants; returns how many there were. */
static size_t kill_descendants(void)
{
    _cleanup_free_ pid_t *pids = calloc(PROCESS_MAX, sizeof(*pids));
    size_t count = pids == NULL ? 0 : process_descendants(pids, PROCESS_MAX);

    for (size_t i = 0; i < count; i++)
        kill(pids[i], SIGKILL);
    return count;
}

void containment_kill(struct containment *containment)
{
    if (containment->has_cgroups)
        cgroup_kill(containment->host, containment->session, 0);
    else
        kill_descendants();
}

int containment_charge_kept(struct containment *containment,
                            const char *platform, bool memory,
                            struct error *error)
{
    _cleanup_free_ char *group = text_format(CGROUP_KEPT_PREFIX "%s", platform);
    const char *const groups[] = {group, NULL};
    const struct result_run none = RESULT_RUN_INIT;
    pid_t any;

    if (group == NULL)
        return error_set(error, ENOMEM, "out of memory");
    if (!containment->has_cgroups ||
        cgroup_pids(containment->host, containment->session, group, &any, 1) ==
            0)
        return 0;
    if (memory) {
        containment->kept_memory = malloc(sizeof(*containment->kept_memory));
        if (containment->kept_memory == NULL)
            return error_set(error, ENOMEM, "out of memory");
        *containment->kept_memory = none;
        memory_costs_read(containment, groups, containment->kept_memory);
    }
    cgroup_read_usage(containment->host, containment->session, group,
                      &containment->kept_usage);
    containment->kept = take_pointer(group);
    return 1;
}

/* What the run has used, and what is kept has used for it. */
static void read_usage(const struct containment *containment,
                       struct cgroup_usage *usage)
{
    struct cgroup_usage kept;

    cgroup_read_usage(containment->host, containment->session, CGROUP_RUN,
                      usage);
    if (containment->kept == NULL || usage->user_ns < 0)
        return;
    cgroup_read_usage(containment->host, containment->session,
                      containment->kept, &kept);
    usage->user_ns += kept.user_ns - containment->kept_usage.user_ns;
    usage->system_ns += kept.system_ns - containment->kept_usage.system_ns;
    usage->peak = RESULT_ABSENT; /* of what is kept, none is known */
}

int64_t containment_processor_time(const struct containment *containment)
{
    struct cgroup_usage usage = {RESULT_ABSENT, RESULT_ABSENT, RESULT_ABSENT,
                                 RESULT_ABSENT};

    if (containment->has_cgroups)
        read_usage(containment, &usage);
    return usage.user_ns < 0 ? RESULT_ABSENT : usage.user_ns + usage.system_ns;
}

void containment_read_memory(struct containment *containment,
                             struct result_run *run)
{
    const char *const groups[] = {CGROUP_RUN, containment->kept, NULL};

    memory_costs_read(containment, groups, run);
    if (containment->kept_memory != NULL)
        memory_costs_take_off(run, containment->kept_memory);
}

/* Ends and reaps whatever outlived the platform's command. */
static void end_leftovers(struct containment *containment)
{
    int64_t deadline = clock_now() + KILL_MILLISECONDS * NS_PER_MS;

    process_reap(containment->since, &containment->reaped);
    if (containment->has_cgroups) {
        cgroup_kill(containment->host, containment->session, KILL_MILLISECONDS);
    } else {
        while (kill_descendants() > 0 && clock_now() < deadline) {
            clock_sleep(NS_PER_MS);
            process_reap(containment->since, &containment->reaped);
        }
    }
    process_reap(containment->since, &containment->reaped);
}

static int64_t timeval_ns(const struct timeval *time)
{
    return time->tv_sec * NS_PER_SECOND + time->tv_usec * NS_PER_US;
}

/* What the child did before it was the platform's command. */
static void take_off_setup(struct rusage *usage, const struct rusage *setup)
{
    usage->ru_minflt -= setup->ru_minflt;
    usage->ru_majflt -= setup->ru_majflt;
    usage->ru_nvcsw -= setup->ru_nvcsw;
    usage->ru_nivcsw -= setup->ru_nivcsw;
}

void containment_account(struct containment *containment,
                         const struct rusage *usage,
                         const struct spawned *spawned, struct result_run *run)
{
    const int64_t setup_cpu_ns = spawned->setup_cpu_ns;
    struct rusage total = *usage;
    struct cgroup_usage charged = {RESULT_ABSENT, RESULT_ABSENT, RESULT_ABSENT,
                                   RESULT_ABSENT};

    end_leftovers(containment);
    process_add_usage(&total, &containment->reaped);
    take_off_setup(&total, &spawned->setup_usage);
    if (containment->has_cgroups)
        read_usage(containment, &charged);
    if (charged.user_ns < 0) {
        charged.user_ns = timeval_ns(&total.ru_utime);
        charged.system_ns = timeval_ns(&total.ru_stime);
    }
    run->cpu_user_ns = charged.user_ns;
    run->cpu_system_ns =
        charged.system_ns > setup_cpu_ns ? charged.system_ns - setup_cpu_ns : 0;
    run->memory.peak = charged.peak;
    if (containment->kept == NULL)
        costs_add_usage(run, &total);
    else
        costs_miss_usage(run, "part of the work is done in processes that were "
                              "there before the run");
}

int containment_close(struct containment *containment, struct error *error)
{
    while (containment->file_count > 0)
        close(containment->files[--containment->file_count]);
    free(containment->kept);
    free(containment->kept_memory);
    if (!containment->has_cgroups)
        return 0;
    return cgroup_run_remove(containment->host, containment->session, error);
}
