/*
 * Everything that one run starts, held together: to account for it, to look
 * at its memory, and to end all of it whatever it does. By a cgroup where we
 * may make one, and otherwise by descent: this process is a subreaper, so
 * what it starts stays below it.
 */
#ifndef RINGSIDE_BENCH_CONTAINMENT_H
#define RINGSIDE_BENCH_CONTAINMENT_H

#include "bench/cgroup.h"
#include "bench/process.h"
#include "bench/results.h"
#include "bench/spawn.h"

struct containment {
    const struct cgroup_host *host;
    const char *session;
    bool has_cgroups;
    int files[CGROUP_MAX_HIERARCHIES]; /* to join by */
    size_t file_count;
    uint64_t since;       /* when it was made; ticks, process.h */
    struct rusage reaped; /* orphans of the run that we reaped */
    /*
     * What the platform's prepare command keeps running works for the run too:
     * its group, what that had used and held before; NULL: there is none.
     */
    char *kept;
    struct cgroup_usage kept_usage;
    struct result_run *kept_memory; /* NULL: it was not asked for */
};

/* Makes the run's cgroups, if there are any. Errors: of cgroup_run_create. */
int containment_open(struct containment *containment,
                     const struct cgroup_host *host, const char *session,
                     bool has_cgroups, struct error *error);

/*
 * Before the start: from now on the growth of what the platform keeps running
 * is charged to the run. `memory`: that of its memory too, which takes a while
 * to read. Returns whether there is anything to charge. Errors: -ENOMEM.
 */
int containment_charge_kept(struct containment *containment,
                            const char *platform, bool memory,
                            struct error *error);

/* Processor time that all of it has used so far, ns; RESULT_ABSENT. */
int64_t containment_processor_time(const struct containment *containment);

/* One attempt to kill everything in it; waits for nothing. */
void containment_kill(struct containment *containment);

/*
 * Fills the memory of an instance that idles: PSS and USS of everything in it,
 * the kernel's memory for it, and the memory costs.
 */
void containment_read_memory(struct containment *containment,
                             struct result_run *run);

/*
 * After the command was reaped: ends what it left behind, then reads what all
 * of it used. usage is the command's own (wait4); of that, `spawned` tells what
 * the child used before its execve, which is not the platform's. Fills cpu
 * times, memory.peak and the costs that rusage tells; absent where unknown.
 */
void containment_account(struct containment *containment,
                         const struct rusage *usage,
                         const struct spawned *spawned, struct result_run *run);

/* Removes the cgroups. Errors: when that cannot be done. */
int containment_close(struct containment *containment, struct error *error);

#endif
