/*
 * What the kernel of a virtual machine has of its memory for itself: a cost
 * that only the guest can tell. The idle workload does, as a metric of the name
 * below, wherever it is started by a process 1; here it becomes the cost
 * memory_guest_kernel of those platforms that have a kernel of their own.
 */
#ifndef RINGSIDE_BENCH_GUEST_KERNEL_H
#define RINGSIDE_BENCH_GUEST_KERNEL_H

#include "bench/platform.h"
#include "bench/results.h"

#define GUEST_KERNEL_METRIC "kernel_memory"

/*
 * Takes the metric out of an idle run and adds the cost, or why there is none.
 */
void guest_kernel_take(const struct platform *platform, struct result_run *run);

#endif
