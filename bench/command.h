/*
 * Helper commands: versions, probes, enter and cleanup commands, the
 * workload's own list. Run to their end outside every clock.
 */
#ifndef RINGSIDE_BENCH_COMMAND_H
#define RINGSIDE_BENCH_COMMAND_H

#include "bench/watch.h"

enum { COMMAND_OUTPUT_SIZE = 16384 };

struct command_result {
    int status; /* exit status, or 128+n for death by signal n */
    bool timed_out, interrupted;
    char output[COMMAND_OUTPUT_SIZE]; /* the first bytes of stdout */
    size_t output_size;
    char errors[WATCH_ERRORS_SIZE]; /* the last bytes of stderr */
};

/*
 * Runs arguments ([0] an absolute path) with a time limit, in the given mount
 * namespace unless that is -1. The command's process group is killed when
 * time is up and when it has ended. Errors: those of spawn and watch; that the
 * command fails or times out is no error but told in *result.
 */
int command_run(char *const *arguments, int mount_namespace, int seconds,
                struct command_result *result, struct error *error);

/* Where a command runs. */
struct command_place {
    int mount_namespace; /* descriptor or -1 */
    const int *cgroups;  /* files to join cgroups by */
    size_t cgroup_count;
};

/* As command_run, in a place of its own. */
int command_run_at(char *const *arguments, const struct command_place *place,
                   int seconds, struct command_result *result,
                   struct error *error);

/* One line that says why a command did not end with status 0. */
void command_reason(struct command_result *result, int seconds,
                    const char *name, struct error *reason);

#endif
