/*
 * Counters of virtual machines that others run. KVM tells them through a
 * descriptor (KVM_GET_STATS_FD, Linux 5.14) that only the process of the
 * machine may ask for. A tracer can have it ask: when a traced thread has made
 * a virtual processor, it is led through one more system call, the descriptor
 * is copied out of it (pidfd_getfd(2)) and closed there. The counters can then
 * be read at any time, even after that process has ended. No debugfs, and no
 * word from the platform, is needed. Source:
 * Documentation/virt/kvm/api.rst, 4.134.
 */
#ifndef RINGSIDE_BENCH_TRACE_KVM_H
#define RINGSIDE_BENCH_TRACE_KVM_H

#include "bench/trace.h"

struct kvm_counters {
    int files[TRACE_MAX_VCPUS];
    size_t count;
    size_t blind; /* virtual processors whose counters could not be had */
};

#define KVM_COUNTERS_NONE ((struct kvm_counters){.count = 0})

/*
 * Looks at the system call that a traced thread, now stopped at its end, has
 * made: if that was the creation of a virtual processor, obtains its counters.
 * Leaves the thread stopped as it was. Errors: -ESRCH when it has died.
 */
int kvm_counters_obtain(pid_t thread, struct kvm_counters *counters);

/* Sums what all of them count now into the trace, as of this phase. */
void kvm_counters_read(const struct kvm_counters *counters,
                       enum trace_phase phase, struct trace *trace);

void kvm_counters_release(struct kvm_counters *counters);

#endif
