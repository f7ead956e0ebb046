/* Stamps of the one run of this process; see phases.h. */
#include "vmm/phases.h"

#include "oci/stamps.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

static uint64_t own[PHASE_COUNT], *times = own;

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

static struct stamps stamps(void)
{
    return (struct stamps){names, times, PHASE_COUNT};
}

uint64_t phases_now(void)
{
    return stamps_now();
}

void phases_start(void)
{
    times[PHASE_START] = stamps_now();
    times[PHASE_EXEC] = stamps_process_start();
}

int phases_share(struct error *error)
{
    uint64_t *shared = mmap(NULL, sizeof(own), PROT_READ | PROT_WRITE,
                            MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (shared == MAP_FAILED)
        return error_errno(error, errno, "--phases");
    memcpy(shared, own, sizeof(own));
    times = shared;
    return 0;
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
    const struct stamps all = stamps();

    stamps_print(&all, out, program);
}

int phases_record(int fd)
{
    const struct stamps all = stamps();

    return stamps_record(&all, fd);
}
