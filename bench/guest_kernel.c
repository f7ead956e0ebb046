/* The kernel's share of a guest's memory; see guest_kernel.h. */
#include "bench/guest_kernel.h"

#include "bench/costs.h"

#include <string.h>

static const char cost[] = "memory_guest_kernel";

/* Why a class of platforms has no such share; all others have one. */
static const struct {
    const char *class_name, *why;
} without[] = {
    {"native", "the host's kernel serves it: memory_kernel has its share"},
    {"container", "the host's kernel serves it: memory_kernel has its share"},
    {"user-space kernel",
     "its kernel is a process of the host, which tells nothing of its parts"},
    {"unikernel", "kernel and program are one: nothing tells them apart"},
};

static const char *reason(const char *class_name)
{
    for (size_t i = 0; i < sizeof(without) / sizeof(without[0]); i++) {
        if (strcmp(class_name, without[i].class_name) == 0)
            return without[i].why;
    }
    return NULL;
}

/* The metric's value, taken out; RESULT_ABSENT: it was not told. */
static double take_metric(struct result_run *run)
{
    for (size_t i = 0; i < run->metric_count; i++) {
        const double value = run->metrics[i].value;

        if (strcmp(run->metrics[i].name, GUEST_KERNEL_METRIC) != 0)
            continue;
        run->metrics[i] = run->metrics[--run->metric_count];
        return value;
    }
    return RESULT_ABSENT;
}

void guest_kernel_take(const struct platform *platform, struct result_run *run)
{
    const char *why = reason(platform->class_name);
    const double value = take_metric(run);

    if (why == NULL && value < 0)
        why = "its kernel had not told by the time that memory was read";
    if (why == NULL)
        cost_add(run, cost, value);
    else
        cost_add_missing(run, cost, why);
}
