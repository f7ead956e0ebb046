/*
 * fault-signal: a write to a page that is protected against it, the SIGSEGV
 * that follows, and the handler that lifts the protection: how garbage
 * collectors and emulators watch memory. One operation is all of it: the page
 * protected, the fault, the signal, the page opened, the return.
 */
#include "measure.h"
#include "memory.h"
#include "sha256.h"
#include "workload.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
    VERIFIED_FAULTS = 64,
};

/* The handler has no other way to its facts. */
static char *volatile watched;
static volatile uint64_t faults;

/* Any other address is not ours to mend: it ends the process. */
static void open_page(int number, siginfo_t *info, void *context)
{
    (void)context;
    if ((char *)info->si_addr != watched ||
        mprotect(watched, SMALL_PAGE_SIZE, PROT_READ | PROT_WRITE) < 0)
        signal(number, SIG_DFL);
    faults = faults + 1;
}

static int write_watched(uint64_t value)
{
    if (mprotect(watched, SMALL_PAGE_SIZE, PROT_READ) < 0)
        return -1;
    *(volatile uint64_t *)watched = value;
    return 0;
}

static void run_batch(void *state, uint64_t iterations)
{
    int *failure = state;

    for (; iterations > 0 && *failure == 0; iterations--) {
        if (write_watched(iterations) < 0)
            *failure = errno;
    }
}

/* The result: that each write faulted once and was then done. */
static int verify(struct report *report)
{
    uint8_t digest[SHA256_DIGEST_SIZE];
    struct sha256 hash;

    sha256_start(&hash);
    for (uint64_t i = 0; i < VERIFIED_FAULTS; i++) {
        uint64_t before = faults;

        if (write_watched(i) < 0)
            return report_failure("cannot protect a page: %s", strerror(errno));
        sha256_add_u64(&hash, faults - before);
        sha256_add_u64(&hash, *(volatile uint64_t *)watched);
    }
    sha256_finish(&hash, digest);
    report_result(report, digest);
    return 0;
}

static int run(const uint64_t *values, struct report *report)
{
    struct sigaction action = {.sa_flags = SA_SIGINFO};
    int failure = 0;

    action.sa_sigaction = open_page;
    watched = memory_map(SMALL_PAGE_SIZE);
    if (watched == NULL)
        return -1;
    if (sigaction(SIGSEGV, &action, NULL) < 0)
        return report_failure("cannot handle SIGSEGV: %s", strerror(errno));
    if (measure_and_report(&(struct batch){run_batch, &failure}, values,
                           report) < 0)
        return -1;
    if (failure != 0)
        return report_failure("cannot protect a page: %s", strerror(failure));
    return verify(report);
}

static const struct option options[] = {
    MEASURE_OPTIONS,
    {0},
};

const struct workload fault_signal_workload = {
    .name = "fault-signal",
    .group = "memory",
    .summary = "Protection fault, handled",
    .options = options,
    .run = run,
};
