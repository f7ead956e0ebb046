/* Stamps of the one run of this process; see phases.h. */
#include "vmm/phases.h"

#include "oci/stamps.h"

static uint64_t times[PHASE_COUNT];

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

_Static_assert((int)PHASE_COUNT <= (int)STAMPS_MAX,
               "stamps.h has room for each");

static const struct stamps stamps = {names, times, PHASE_COUNT};

uint64_t phases_now(void)
{
    return stamps_now();
}

void phases_start(void)
{
    times[PHASE_START] = stamps_now();
    times[PHASE_EXEC] = stamps_process_start();
}

void phases_mark(enum phase phase)
{
    phases_mark_at(phase, stamps_now());
}

void phases_mark_at(enum phase phase, uint64_t ns)
{
    times[phase] = ns;
}

void phases_mark_first(enum phase phase)
{
    if (times[phase] == 0)
        phases_mark(phase);
}

void phases_print(FILE *out, const char *program)
{
    stamps_print(&stamps, out, program);
}

int phases_record(int fd)
{
    return stamps_record(&stamps, fd);
}
