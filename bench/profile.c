/*
 * The table of profiles. With fewer blocks than STATISTICS_MINIMUM there is
 * no interval, so no profile goes below.
 */
#include "bench/profile.h"

#include "bench/statistics.h"

#include <string.h>

#define EVERY_KIND                                                           \
    "noop,cpu-int,cpu-float,sha256,memory-first,memory-touch,memory-stream," \
    "memory-latency,syscall,switch-pipe,file-create,requests,pause"

/* With fewer, a verdict on each of its many cells cannot stand the correction
 * for their number. */
enum { QUICK_BLOCKS = 8 };

const struct profile profiles[] = {
    {"quick", "of every kind of workload, at most 3 minutes", EVERY_KIND, 50,
     155, QUICK_BLOCKS, 40, 0, LINEUP_LIGHT, false, 8, 8, 0},
    {"smoke", "start-up, integer work, system calls, idle memory: 20 s",
     "noop,cpu-int,syscall,pause", 10, 15, STATISTICS_MINIMUM, 20, 0,
     LINEUP_LIGHT, false, 0, 0, 0},
    {"full", "every workload, longer, until within 2 %: at most 40 minutes",
     NULL, 200, 2400, 10, 200, 0.02, LINEUP_WITHOUT_SLOW, true, 64, 240, 180},
    {"peers", "as quick, on slow platforms too: about an hour", EVERY_KIND, 50,
     3600, STATISTICS_MINIMUM, 40, 0, LINEUP_WITH_SLOW, false, 16, 300, 600},
    {NULL, NULL, NULL, 0, 0, 0, 0, 0, LINEUP_LIGHT, false, 0, 0, 0},
};

const struct profile *profile_find(const char *name)
{
    for (size_t i = 0; profiles[i].name != NULL; i++) {
        if (strcmp(profiles[i].name, name) == 0)
            return &profiles[i];
    }
    return NULL;
}
