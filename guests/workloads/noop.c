/*
 * noop: start, say ready, exit. What is left to measure is the platform's own
 * start and end. With --quiet not even the line is written.
 */
#include "workload.h"

enum {
    OPTION_QUIET,
};

static int run(const uint64_t *values, struct report *report)
{
    (void)report;
    return values[OPTION_QUIET] ? 0 : report_ready();
}

static const struct option options[] = {
    {"quiet", NULL, "write nothing at all", 0, 0, 1},
    {0},
};

const struct workload noop_workload = {
    .name = "noop",
    .group = "start",
    .summary = "Start and exit",
    .options = options,
    .run = run,
};
