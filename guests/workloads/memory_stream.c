/*
 * memory-stream: bandwidth of memory, with the copy and triad kernels of
 * STREAM (McCalpin, 1995) over arrays that no cache holds.
 *
 * One operation is one element of a triad pass (two loads, one store, 24
 * bytes), the judged figure; copy (one load, one store, 16 bytes) stands
 * beside it. Bytes are counted as STREAM does: what the program asks for, not
 * the extra read that a store to a cold line causes.
 *
 * The kernels are written in SSE2 so that every compiler emits plain 16-byte
 * loads and stores and none calls memcpy, which may choose differently from
 * one processor to the next.
 */
#include "measure.h"
#include "memory.h"
#include "sha256.h"
#include "workload.h"

#include <emmintrin.h>

enum {
    OPTION_SIZE = OPTION_OWN,
    VERIFIED_COUNT = 4096,
    /* Arrays a multiple of 4 KiB apart would slow each other down in
     * processors that compare the low 12 bits of addresses first. */
    SKEW = 17 * LINE_SIZE,
};

#define SCALAR 3.0

struct arrays {
    void *mapping;
    size_t mapping_size;
    size_t count; /* elements of each array, a multiple of 2 */
    double *a, *b, *c;
};

static void copy(double *to, const double *from, size_t count)
{
    for (size_t i = 0; i < count; i += 2)
        _mm_store_pd(to + i, _mm_load_pd(from + i));
}

static void triad(double *to, const double *left, const double *right,
                  size_t count)
{
    __m128d scalar = _mm_set1_pd(SCALAR);

    for (size_t i = 0; i < count; i += 2)
        _mm_store_pd(to + i,
                     _mm_add_pd(_mm_load_pd(left + i),
                                _mm_mul_pd(scalar, _mm_load_pd(right + i))));
}

/* Passes repeat each other; the empty statement keeps them all. */
static void run_copy(void *state, uint64_t iterations)
{
    struct arrays *arrays = state;

    for (; iterations > 0; iterations--) {
        copy(arrays->a, arrays->b, arrays->count);
        __asm__ volatile("" : : : "memory");
    }
}

static void run_triad(void *state, uint64_t iterations)
{
    struct arrays *arrays = state;

    for (; iterations > 0; iterations--) {
        triad(arrays->a, arrays->b, arrays->c, arrays->count);
        __asm__ volatile("" : : : "memory");
    }
}

/* Maps the three arrays and fills b and c with small whole numbers. */
static int map_arrays(struct arrays *arrays, size_t count)
{
    size_t stride = count * sizeof(double) + SKEW;
    uint8_t *memory = memory_map(3 * stride);

    if (memory == NULL)
        return -1;
    *arrays = (struct arrays){
        .mapping = memory,
        .mapping_size = 3 * stride,
        .count = count,
        .a = (void *)memory,
        .b = (void *)(memory + stride),
        .c = (void *)(memory + 2 * stride),
    };
    for (size_t i = 0; i < count; i++) {
        arrays->a[i] = 0.0;
        arrays->b[i] = (double)(i % 1021);
        arrays->c[i] = (double)(i % 509);
    }
    return 0;
}

static void unmap_arrays(struct arrays *arrays)
{
    memory_unmap(arrays->mapping, arrays->mapping_size);
}

/* That the measured arrays hold what they should: memory did not lie. */
static int check_triad(const struct arrays *arrays)
{
    for (size_t i = 0; i < arrays->count; i++) {
        double expected = (double)(i % 1021) + SCALAR * (double)(i % 509);

        if (arrays->a[i] != expected)
            return report_failure("memory-stream: element %zu is %g, not %g", i,
                                  arrays->a[i], expected);
    }
    return 0;
}

/* The result: what both kernels make of small arrays, all of them. */
static int verify(struct report *report)
{
    uint8_t digest[SHA256_DIGEST_SIZE];
    struct arrays arrays;
    struct sha256 hash;

    if (map_arrays(&arrays, VERIFIED_COUNT) < 0)
        return -1;
    sha256_start(&hash);
    run_copy(&arrays, 1);
    sha256_add(&hash, arrays.a, VERIFIED_COUNT * sizeof(double));
    run_triad(&arrays, 1);
    sha256_add(&hash, arrays.a, VERIFIED_COUNT * sizeof(double));
    sha256_finish(&hash, digest);
    report_result(report, digest);
    unmap_arrays(&arrays);
    return 0;
}

static int run(const uint64_t *values, struct report *report)
{
    struct measurement copied, summed;
    struct arrays arrays;
    double count, copy_ns, triad_ns;

    if (report_ready() < 0 ||
        map_arrays(&arrays,
                   (size_t)values[OPTION_SIZE] * MIB / sizeof(double)) < 0 ||
        measure(&(struct batch){run_copy, &arrays}, values, &copied) < 0 ||
        measure(&(struct batch){run_triad, &arrays}, values, &summed) < 0 ||
        check_triad(&arrays) < 0)
        return -1;
    count = (double)arrays.count;
    copy_ns = measured_ns(&copied, count);
    triad_ns = measured_ns(&summed, count);
    report_metric(report, "time_per_operation", triad_ns, "ns");
    report_metric(report, "copy_time_per_operation", copy_ns, "ns");
    report_metric(report, "triad_bandwidth", 24 * 1000 / triad_ns, "MB/s");
    report_metric(report, "copy_bandwidth", 16 * 1000 / copy_ns, "MB/s");
    report_count(report, "iterations", summed.iterations);
    report_count(report, "operations",
                 (copied.total + summed.total) * arrays.count);
    unmap_arrays(&arrays);
    return verify(report);
}

static const struct option options[] = {
    MEASURE_OPTIONS,
    {"size", "MIB", "each of three arrays", 48, 1, MEMORY_MAXIMUM},
    {0},
};

const struct workload memory_stream_workload = {
    .name = "memory-stream",
    .group = "memory",
    .summary = "Memory bandwidth",
    .options = options,
    .run = run,
};
