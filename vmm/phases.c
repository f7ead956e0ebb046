/* Stamps of the one run of this process; see phases.h. */
#include "vmm/phases.h"

#include <errno.h>
#include <time.h>
#include <unistd.h>

enum { LINE_SIZE = 64 };

static uint64_t stamps[PHASE_COUNT];

static const char *const names[PHASE_COUNT] = {
    [PHASE_EXEC] = "exec",
    [PHASE_START] = "start",
    [PHASE_BUNDLE] = "bundle",
    [PHASE_MEMORY] = "memory",
    [PHASE_LOAD] = "load",
    [PHASE_OPEN] = "open",
    [PHASE_VM] = "vm",
    [PHASE_REGION] = "region",
    [PHASE_VCPU] = "vcpu",
    [PHASE_CPUID] = "cpuid",
    [PHASE_REGISTERS] = "registers",
    [PHASE_ENTRY] = "entry",
    [PHASE_INSTRUCTION] = "instruction",
    [PHASE_INIT] = "init",
    [PHASE_MODULES] = "modules",
    [PHASE_PROGRAM] = "program",
    [PHASE_OUTPUT] = "output",
    [PHASE_END] = "end",
    [PHASE_TEARDOWN] = "teardown",
};

static uint64_t clock_ns(clockid_t clock)
{
    struct timespec time;

    clock_gettime(clock, &time);
    return (uint64_t)time.tv_sec * 1000000000ull + (uint64_t)time.tv_nsec;
}

uint64_t phases_now(void)
{
    return clock_ns(CLOCK_MONOTONIC);
}

void phases_start(void)
{
    stamps[PHASE_START] = phases_now();
    stamps[PHASE_EXEC] =
        stamps[PHASE_START] - clock_ns(CLOCK_PROCESS_CPUTIME_ID);
}

void phases_mark(enum phase phase)
{
    phases_mark_at(phase, phases_now());
}

void phases_mark_at(enum phase phase, uint64_t ns)
{
    stamps[phase] = ns;
}

void phases_mark_first(enum phase phase)
{
    if (stamps[phase] == 0)
        phases_mark(phase);
}

void phases_print(FILE *out, const char *program)
{
    uint64_t last = stamps[PHASE_EXEC];

    for (int i = 0; i < PHASE_COUNT; i++) {
        if (stamps[i] == 0)
            continue;
        fprintf(out, "%s: phase %s %.1f us +%.1f\n", program, names[i],
                (double)(stamps[i] - stamps[PHASE_EXEC]) / 1000,
                (double)(int64_t)(stamps[i] - last) / 1000);
        last = stamps[i];
    }
}

/* One write: what a reader gets is whole, and the writer loses little time. */
int phases_record(int fd)
{
    char text[PHASE_COUNT * LINE_SIZE];
    size_t used = 0;
    ssize_t written;

    for (int i = PHASE_START; i < PHASE_COUNT; i++) {
        if (stamps[i] != 0)
            used += (size_t)snprintf(
                text + used, sizeof(text) - used, "ringside phase %s %.1f\n",
                names[i], (double)(stamps[i] - stamps[PHASE_EXEC]) / 1000);
    }
    written = write(fd, text, used);
    if (written < 0)
        return -errno;
    return (size_t)written == used ? 0 : -EIO;
}
