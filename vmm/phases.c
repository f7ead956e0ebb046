/* Stamps of the one run of this process; see phases.h. */
#include "vmm/phases.h"

#include <time.h>

static uint64_t stamps[PHASE_COUNT];

static const char *const names[PHASE_COUNT] = {
    [PHASE_START] = "start",     [PHASE_ENTRY] = "entry",
    [PHASE_INIT] = "init",       [PHASE_MODULES] = "modules",
    [PHASE_PROGRAM] = "program", [PHASE_END] = "end",
};

void phases_mark(enum phase phase)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    phases_mark_at(phase, (uint64_t)time.tv_sec * 1000000000ull +
                              (uint64_t)time.tv_nsec);
}

void phases_mark_at(enum phase phase, uint64_t ns)
{
    stamps[phase] = ns;
}

void phases_print(FILE *out, const char *program)
{
    for (int i = 0; i < PHASE_COUNT; i++) {
        if (stamps[i] != 0)
            fprintf(out, "%s: phase %s %.1f us\n", program, names[i],
                    (double)(stamps[i] - stamps[PHASE_START]) / 1000);
    }
}
