/*
 * fault-file: what the pages of a mapped file cost. A pass maps a file that
 * is in memory, reads a word of each page, and unmaps it; the clock runs over
 * all three, as in memory-touch, because platforms do the work at different
 * moments. Linux maps the 16 pages around a fault at once (fault-around), so
 * a page costs less than a fault. One operation is one page.
 */
#include "measure.h"
#include "memory.h"
#include "scratch.h"
#include "sha256.h"
#include "workload.h"

#include <sys/mman.h>
#include <unistd.h>

enum {
    OPTION_SIZE = OPTION_OWN,
    SIZE_MAXIMUM = 48, /* MiB: a container's /dev/shm has 64 */
    VERIFIED_SIZE = 32 * SMALL_PAGE_SIZE,
};

struct mapping {
    int file;
    size_t size;
    uint64_t sum; /* of the words read, so that they are */
    int failed;
};

static const char *map(struct mapping *mapping)
{
    char *memory =
        mmap(NULL, mapping->size, PROT_READ, MAP_PRIVATE, mapping->file, 0);

    if (memory == MAP_FAILED) {
        mapping->failed = scratch_failure("cannot map a file");
        return NULL;
    }
    return memory;
}

static void run_batch(void *state, uint64_t iterations)
{
    struct mapping *mapping = state;

    for (; iterations > 0 && !mapping->failed; iterations--) {
        const char *memory = map(mapping);

        for (size_t at = 0; memory != NULL && at < mapping->size;
             at += SMALL_PAGE_SIZE)
            mapping->sum += *(const volatile uint64_t *)(memory + at);
        if (memory != NULL)
            munmap((void *)memory, mapping->size);
    }
}

/* The result: the first 32 pages, read through a mapping. */
static void verify(struct mapping *mapping, struct report *report)
{
    uint8_t digest[SHA256_DIGEST_SIZE];
    const char *memory = map(mapping);
    struct sha256 hash;

    if (memory == NULL)
        return;
    sha256_start(&hash);
    sha256_add(&hash, memory, VERIFIED_SIZE);
    sha256_finish(&hash, digest);
    report_result(report, digest);
    munmap((void *)memory, mapping->size);
}

static int measure_mapping(struct mapping *mapping, const uint64_t *values,
                           struct report *report)
{
    uint64_t pages = mapping->size / SMALL_PAGE_SIZE;
    struct measurement measurement;

    if (report_ready() < 0 ||
        measure(&(struct batch){run_batch, mapping}, values, &measurement) < 0)
        return -1;
    report_metric(report, "time_per_operation",
                  measured_ns(&measurement, (double)pages), "ns");
    report_iterations(report, &measurement, pages);
    verify(mapping, report);
    return mapping->failed ? -1 : 0;
}

static int run(const uint64_t *values, struct report *report)
{
    struct mapping mapping = {.size = (size_t)values[OPTION_SIZE] * MIB};
    int directory = scratch_enter(), status = -1;

    if (directory < 0)
        return -1;
    mapping.file = scratch_file("mapped", mapping.size);
    if (mapping.file >= 0)
        status = measure_mapping(&mapping, values, report);
    scratch_leave(directory);
    return status;
}

static const struct option options[] = {
    MEASURE_OPTIONS,
    {"size", "MIB", "file to map in a pass", 8, 1, SIZE_MAXIMUM},
    {0},
};

const struct workload fault_file_workload = {
    .name = "fault-file",
    .group = "memory",
    .summary = "First touch of a mapped file",
    .options = options,
    .run = run,
};
