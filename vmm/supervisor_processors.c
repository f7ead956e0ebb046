/* Two processes at the same time; see supervisor_processors.h. */
#include "vmm/supervisor_processors.h"

void processors_allowed(cpu_set_t *allowed)
{
    CPU_ZERO(allowed);
    if (sched_getaffinity(0, sizeof(*allowed), allowed) < 0 ||
        CPU_COUNT(allowed) == 1)
        CPU_ZERO(allowed);
}

void processors_part(pid_t ward, const cpu_set_t *allowed)
{
    const int own = sched_getcpu();
    cpu_set_t others = *allowed;

    if (own < 0 || own >= CPU_SETSIZE || CPU_COUNT(allowed) == 0)
        return;
    CPU_CLR((size_t)own, &others);
    (void)sched_setaffinity(ward, sizeof(others), &others);
}

void processors_rejoin(const cpu_set_t *allowed)
{
    if (CPU_COUNT(allowed) > 0)
        (void)sched_setaffinity(0, sizeof(*allowed), allowed);
}
