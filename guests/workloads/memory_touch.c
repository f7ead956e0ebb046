/*
 * memory-touch and memory-first: what fresh memory costs. A pass maps N MiB,
 * writes one word to each 4 KiB page, and unmaps them. The clock runs over all
 * three, because platforms zero memory and build page tables at different
 * moments: Linux when a page is first written, others when it is mapped or
 * given back. One operation is one page.
 *
 * The two differ in whose memory it is. memory-first is the one first pass of
 * a new process: all of it has to come from the host. memory-touch is the
 * median of many passes after that: a platform that keeps what was given back
 * has it at hand.
 */
#include "measure.h"
#include "memory.h"
#include "sha256.h"
#include "workload.h"

enum {
    OPTION_SIZE = OPTION_OWN,
    VERIFIED_SIZE = 4 * MIB,
};

static void touch(char *memory, size_t size)
{
    for (size_t offset = 0; offset < size; offset += SMALL_PAGE_SIZE)
        *(volatile uint64_t *)(memory + offset) = offset;
}

static int time_pass(size_t size, uint64_t *elapsed)
{
    uint64_t before, after;
    char *memory;

    if (clock_ns(&before) < 0)
        return -1;
    memory = memory_map(size);
    if (memory == NULL)
        return -1;
    touch(memory, size);
    memory_unmap(memory, size);
    if (clock_ns(&after) < 0)
        return -1;
    *elapsed = after - before;
    return 0;
}

/* Passes until both their number and their time are as asked. */
static int time_passes(const uint64_t *values, uint64_t *passes,
                       double *pass_ns)
{
    size_t size = (size_t)values[OPTION_SIZE] * MIB;
    uint64_t samples[MEASURE_SAMPLES_MAXIMUM];
    uint64_t wanted = values[OPTION_DURATION] * 1000000, total = 0, count = 0;

    while (count < values[OPTION_SAMPLES] ||
           (total < wanted && count < MEASURE_SAMPLES_MAXIMUM)) {
        if (time_pass(size, &samples[count]) < 0)
            return -1;
        total += samples[count++];
    }
    *passes = count;
    *pass_ns = median_ns(samples, count);
    return 0;
}

/*
 * The result: every byte of 4 MiB that a former owner has scribbled over
 * must read as zero when they are mapped afresh, and keep what is written.
 */
static int verify(struct report *report)
{
    uint8_t digest[SHA256_DIGEST_SIZE];
    struct sha256 hash;
    char *memory;

    sha256_start(&hash);
    for (int i = 0; i < 2; i++) {
        memory = memory_map(VERIFIED_SIZE);
        if (memory == NULL)
            return -1;
        sha256_add(&hash, memory, VERIFIED_SIZE);
        touch(memory, VERIFIED_SIZE);
        sha256_add(&hash, memory, VERIFIED_SIZE);
        memory_unmap(memory, VERIFIED_SIZE);
    }
    sha256_finish(&hash, digest);
    report_result(report, digest);
    return 0;
}

/* `all`: passes from the ready line on, those that were not timed too. */
static int finish(double pass_ns, uint64_t passes, uint64_t all,
                  uint64_t mebibytes, struct report *report)
{
    const uint64_t pages = mebibytes * (MIB / SMALL_PAGE_SIZE);

    report_metric(report, "time_per_operation", pass_ns / (double)pages, "ns");
    report_metric(report, "throughput", (double)mebibytes * 1e9 / pass_ns,
                  "MiB/s");
    report_count(report, "iterations", passes);
    report_count(report, "operations", all * pages);
    return verify(report);
}

static int run_many(const uint64_t *values, struct report *report)
{
    uint64_t mebibytes = values[OPTION_SIZE], passes, first;
    double pass_ns;

    if (report_ready() < 0 || time_pass((size_t)mebibytes * MIB, &first) < 0 ||
        time_passes(values, &passes, &pass_ns) < 0)
        return -1;
    return finish(pass_ns, passes, passes + 1, mebibytes, report);
}

static int run_first(const uint64_t *values, struct report *report)
{
    uint64_t mebibytes = values[OPTION_SIZE], first;

    if (report_ready() < 0 || time_pass((size_t)mebibytes * MIB, &first) < 0)
        return -1;
    return finish((double)first, 1, 1, mebibytes, report);
}

static const struct option options[] = {
    MEASURE_OPTIONS,
    {"size", "MIB", "memory to touch in a pass", 64, 1, MEMORY_MAXIMUM},
    {0},
};

const struct workload memory_touch_workload = {
    .name = "memory-touch",
    .group = "memory",
    .summary = "Fresh memory, again and again",
    .options = options,
    .run = run_many,
};

/* Takes the same options; there is only one pass, however long. */
const struct workload memory_first_workload = {
    .name = "memory-first",
    .group = "memory",
    .summary = "First touch of memory",
    .options = options,
    .run = run_first,
};
