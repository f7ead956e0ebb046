/* Two processes at the same time; see supervisor_processors.h. */
#include "vmm/supervisor_processors.h"

#include "oci/cleanup.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

void processors_allowed(cpu_set_t *allowed)
{
    CPU_ZERO(allowed);
    if (sched_getaffinity(0, sizeof(*allowed), allowed) < 0 ||
        CPU_COUNT(allowed) == 1)
        CPU_ZERO(allowed);
}

/* Whether one may be idle: no more processes run or wait to than there are
 * processors, ours and the ward included. */
static bool some_are_idle(unsigned int count)
{
    _cleanup_close_ int fd = open("/proc/loadavg", O_RDONLY | O_CLOEXEC);
    char text[128];
    ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
    unsigned int runnable;

    if (n <= 0)
        return false;
    text[n] = '\0';
    return sscanf(text, "%*s %*s %*s %u/", &runnable) == 1 && runnable <= count;
}

void processors_part(pid_t ward, const cpu_set_t *allowed)
{
    const int own = sched_getcpu();
    cpu_set_t others = *allowed;

    if (own < 0 || own >= CPU_SETSIZE || CPU_COUNT(allowed) == 0 ||
        !some_are_idle((unsigned int)CPU_COUNT(allowed)))
        return;
    CPU_CLR((size_t)own, &others);
    (void)sched_setaffinity(ward, sizeof(others), &others);
}

void processors_rejoin(const cpu_set_t *allowed)
{
    if (CPU_COUNT(allowed) > 0)
        (void)sched_setaffinity(0, sizeof(*allowed), allowed);
}
