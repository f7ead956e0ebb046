/*
 * memory-latency: what one load costs when the caches do not help. The walk
 * covers a working set larger than any last-level cache, in an order that no
 * prefetcher guesses, so each load pays for memory, and for the page tables
 * on the way: two levels of them in a virtual machine.
 *
 * One operation is one load.
 */
#include "measure.h"
#include "random.h"
#include "sha256.h"
#include "walk.h"
#include "workload.h"

enum {
    OPTION_SIZE = OPTION_OWN,
    STEPS_PER_ITERATION = 4096,
    VERIFIED_LINES = 4096,
};

void walk_link(struct line *lines, size_t count, uint64_t seed)
{
    for (size_t i = 0; i < count; i++)
        lines[i].next = &lines[i];
    /* Swapping only with a line before itself is what keeps one cycle. */
    for (size_t i = count - 1; i > 0; i--) {
        size_t other = (size_t)random_below(&seed, i);
        struct line *next = lines[i].next;

        lines[i].next = lines[other].next;
        lines[other].next = next;
    }
}

struct line *walk_follow(struct line *from, uint64_t steps)
{
    for (; steps > 0; steps -= 8) {
        from = from->next->next->next->next;
        from = from->next->next->next->next;
    }
    return from;
}

static void run_batch(void *state, uint64_t iterations)
{
    struct line **position = state;

    *position = walk_follow(*position, iterations * STEPS_PER_ITERATION);
    __asm__ volatile("" : : "r"(position) : "memory");
}

/* The result: the order in which the walk visits the lines of a small set. */
static void verify(struct report *report)
{
    static struct line lines[VERIFIED_LINES];
    uint8_t digest[SHA256_DIGEST_SIZE];
    struct line *position = lines;
    struct sha256 hash;

    walk_link(lines, VERIFIED_LINES, 1);
    sha256_start(&hash);
    for (int i = 0; i < VERIFIED_LINES; i++) {
        sha256_add_u64(&hash, (uint64_t)(position - lines));
        position = walk_follow(position, 8);
    }
    sha256_finish(&hash, digest);
    report_result(report, digest);
}

static int run(const uint64_t *values, struct report *report)
{
    size_t size = (size_t)values[OPTION_SIZE] * MIB;
    struct measurement measurement;
    struct line *lines, *position;

    if (report_ready() < 0)
        return -1;
    lines = position = memory_map(size);
    if (lines == NULL)
        return -1;
    walk_link(lines, size / LINE_SIZE, 1);
    if (measure(&(struct batch){run_batch, &position}, values, &measurement) <
        0)
        return -1;
    memory_unmap(lines, size);
    report_metric(report, "time_per_operation",
                  measured_ns(&measurement, STEPS_PER_ITERATION), "ns");
    report_iterations(report, &measurement, STEPS_PER_ITERATION);
    verify(report);
    return 0;
}

static const struct option options[] = {
    MEASURE_OPTIONS,
    {"size", "MIB", "working set", 128, 1, MEMORY_MAXIMUM},
    {0},
};

const struct workload memory_latency_workload = {
    .name = "memory-latency",
    .group = "memory",
    .summary = "Memory latency",
    .options = options,
    .run = run,
};
