/*
 * What of a session fits into its profile's time. A full VM under software
 * emulation takes seconds for each start; with a dozen workloads it alone
 * would use up a profile meant for minutes. So where the least number of
 * blocks does not fit, pairs of a platform and a workload are left out, the
 * dearest first; starting (group start) last of all, and native never, since
 * everything is compared with it. What is left out is recorded with the
 * reason.
 */
#ifndef RINGSIDE_BENCH_BUDGET_H
#define RINGSIDE_BENCH_BUDGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One (platform, workload). */
struct budget_pair {
    int64_t ns;         /* what a run of it takes, rest included */
    bool has_run;       /* its warm-up is over */
    bool is_start;      /* of group start: left out after all others */
    bool is_native;     /* never left out */
    const char *cannot; /* why the platform cannot run it; NULL: it can */
    bool left_out;      /* for that reason or the time */
};

/*
 * Leaves out pairs until `rounds` runs of each, and one more for those that
 * have not run, fit into left_ns; or until nothing can be left out. Returns
 * how many it left out.
 */
size_t budget_fit(struct budget_pair *pairs, size_t count, int64_t rounds,
                  int64_t left_ns);

#endif
