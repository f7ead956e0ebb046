/*
 * pause: say ready, then sleep until killed, so that what an idle instance
 * costs in memory can be read from outside. With --touch N it first writes
 * to N MiB, and says ready when they are there: memory that a program uses
 * is the platform's to add to, not to save. As the child of process 1, which in
 * a virtual machine is what started it, it then tells what the kernel of the
 * machine has for itself.
 */
#include "kernel_memory.h"
#include "memory.h"
#include "report.h"
#include "workload.h"

#include <unistd.h>

enum {
    OPTION_TOUCH,
};

static int touch(uint64_t mebibytes)
{
    size_t size = (size_t)mebibytes * MIB;
    volatile char *memory = memory_map(size);

    if (memory == NULL)
        return -1;
    for (size_t offset = 0; offset < size; offset += SMALL_PAGE_SIZE)
        memory[offset] = 1;
    return 0;
}

/* After the ready line: it is in nobody's start. */
static int tell_kernel_memory(struct report *report)
{
    const uint64_t bytes = getppid() == 1 ? kernel_memory() : 0;

    if (bytes == 0)
        return 0;
    report_metric(report, "kernel_memory", (double)bytes, "bytes");
    return report_flush(report);
}

static int run(const uint64_t *values, struct report *report)
{
    if (values[OPTION_TOUCH] > 0 && touch(values[OPTION_TOUCH]) < 0)
        return -1;
    if (report_ready() < 0 || tell_kernel_memory(report) < 0)
        return -1;
    for (;;)
        pause();
}

static const struct option options[] = {
    {"touch", "MIB", "memory to write to first", 0, 0, MEMORY_MAXIMUM},
    {0},
};

const struct workload pause_workload = {
    .name = "pause",
    .group = "idle",
    .summary = "Idle instance",
    .options = options,
    .run = run,
};
