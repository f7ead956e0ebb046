/*
 * sha256: a piece of real computing, shifts and additions over data in the
 * first-level cache. One operation is one block of 64 bytes.
 */
#include "measure.h"
#include "random.h"
#include "sha256.h"
#include "workload.h"

enum {
    BUFFER_SIZE = 16384,
    BLOCKS = BUFFER_SIZE / SHA256_BLOCK_SIZE,
    VERIFIED_BUFFERS = 64, /* 1 MiB */
};

struct hashing {
    struct sha256 hash;
    uint64_t random;
    uint8_t buffer[BUFFER_SIZE];
};

static void generate(struct hashing *hashing)
{
    for (size_t i = 0; i < BUFFER_SIZE; i += 8) {
        uint64_t bits = random_next(&hashing->random);

        for (size_t j = 0; j < 8; j++)
            hashing->buffer[i + j] = (uint8_t)(bits >> 8 * j);
    }
}

static void run_batch(void *state, uint64_t iterations)
{
    struct hashing *hashing = state;

    for (; iterations > 0; iterations--)
        sha256_add(&hashing->hash, hashing->buffer, BUFFER_SIZE);
}

/* The digest of 1 MiB of generated data is the result. */
static void verify(struct hashing *hashing, struct report *report)
{
    uint8_t digest[SHA256_DIGEST_SIZE];

    sha256_start(&hashing->hash);
    hashing->random = 0;
    for (int i = 0; i < VERIFIED_BUFFERS; i++) {
        generate(hashing);
        sha256_add(&hashing->hash, hashing->buffer, BUFFER_SIZE);
    }
    sha256_finish(&hashing->hash, digest);
    report_result(report, digest);
}

static int run(const uint64_t *values, struct report *report)
{
    static struct hashing hashing;
    struct batch batch = {run_batch, &hashing};
    struct measurement measurement;
    double ns;

    if (report_ready() < 0)
        return -1;
    sha256_start(&hashing.hash);
    generate(&hashing);
    if (measure(&batch, values, &measurement) < 0)
        return -1;
    ns = measured_ns(&measurement, BLOCKS);
    report_metric(report, "time_per_operation", ns, "ns");
    report_metric(report, "throughput", SHA256_BLOCK_SIZE * 1000 / ns, "MB/s");
    report_iterations(report, &measurement, BLOCKS);
    verify(&hashing, report);
    return 0;
}

static const struct option options[] = {
    MEASURE_OPTIONS,
    {0},
};

const struct workload sha256_workload = {
    .name = "sha256",
    .group = "cpu",
    .summary = "SHA-256 hashing",
    .options = options,
    .run = run,
};
