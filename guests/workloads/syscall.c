/*
 * syscall: the price of asking the kernel for next to nothing. The call is
 * getppid: no C library caches it, and every kernel answers it with a load.
 *
 * `time_per_operation` is one call by the `syscall` instruction. A platform
 * may also offer a plain function for its system calls: its address is in the
 * auxiliary vector as AT_SYSINFO, where i386 Linux has always put it and
 * x86-64 Linux puts nothing. The function takes and keeps the registers that
 * `syscall` does. Where there is one, it is measured too, as
 * `call_time_per_operation`: the same request without the change of privilege.
 */
#include "../unikernel/function_call.h"
#include "measure.h"
#include "sha256.h"
#include "workload.h"

#include <string.h>
#include <sys/syscall.h>

enum {
    VERIFIED_CALLS = 64,
};

static inline long getppid_by_trap(void)
{
    long answer;

    __asm__ volatile("syscall"
                     : "=a"(answer)
                     : "a"(SYS_getppid)
                     : "rcx", "r11", "memory");
    return answer;
}

static inline long getppid_by_function(unsigned long entry)
{
    static const unsigned long none[6];

    return function_call(entry, SYS_getppid, none);
}

static void run_traps(void *state, uint64_t iterations)
{
    (void)state;
    for (; iterations > 0; iterations--)
        getppid_by_trap();
}

static void run_functions(void *state, uint64_t iterations)
{
    unsigned long function = *(unsigned long *)state;

    for (; iterations > 0; iterations--)
        getppid_by_function(function);
}

/*
 * The result: whether each call gave the same sensible answer. Which one is
 * the platform's own affair, so the digest is of the agreement.
 */
static int verify(unsigned long function, struct report *report)
{
    long parent = getppid_by_trap();
    uint8_t digest[SHA256_DIGEST_SIZE];
    struct sha256 hash;

    if (parent < 0)
        return report_failure("syscall: getppid: %s", strerror((int)-parent));
    sha256_start(&hash);
    for (int i = 0; i < VERIFIED_CALLS; i++) {
        int agrees = getppid_by_trap() == parent;

        if (function != 0)
            agrees &= getppid_by_function(function) == parent;
        sha256_add_u64(&hash, (uint64_t)agrees);
    }
    sha256_finish(&hash, digest);
    report_result(report, digest);
    return 0;
}

static int run(const uint64_t *values, struct report *report)
{
    unsigned long function = function_call_entry();

    if (measure_and_report(&(struct batch){run_traps, NULL}, values, report) <
        0)
        return -1;
    if (function != 0) {
        struct measurement measurement;

        if (measure(&(struct batch){run_functions, &function}, values,
                    &measurement) < 0)
            return -1;
        report_metric(report, "call_time_per_operation",
                      measured_ns(&measurement, 1), "ns");
    }
    return verify(function, report);
}

static const struct option options[] = {
    MEASURE_OPTIONS,
    {0},
};

const struct workload syscall_workload = {
    .name = "syscall",
    .group = "kernel",
    .summary = "System call",
    .options = options,
    .run = run,
};
