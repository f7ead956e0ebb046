/*
 * hash-join: two tables joined by key, as databases and interpreters do all
 * day: a hash table of 2^19 entries (8 MiB) is built from one and asked for
 * the rows of the other, in an order that no cache foretells. Memory-bound, and
 * in a virtual machine the walks through two levels of page tables count. The
 * table is built once; one operation is one row looked up.
 */
#include "measure.h"
#include "memory.h"
#include "random.h"
#include "sha256.h"
#include "workload.h"

enum {
    SLOT_BITS = 19,
    SLOTS = 1 << SLOT_BITS,
    ROWS = SLOTS / 2, /* of the table: half full */
    ROWS_PER_ITERATION = 1024,
    VERIFIED_ROWS = 65536,
};

struct slot {
    uint64_t key; /* 0: free */
    uint64_t value;
};

struct join {
    struct slot *slots;
    uint64_t random;
    uint64_t matches, sum;
};

/* Keys are odd, so never 0, and every other one of a range is in the table. */
static uint64_t key_of(uint64_t row)
{
    return 2 * row + 1;
}

/* Fibonacci hashing (Knuth, volume 3, section 6.4). */
static size_t home_of(uint64_t key)
{
    return (size_t)(key * 0x9e3779b97f4a7c15u >> (64 - SLOT_BITS));
}

static struct slot *find(struct slot *slots, uint64_t key)
{
    size_t at = home_of(key);

    while (slots[at].key != key && slots[at].key != 0)
        at = (at + 1) % SLOTS;
    return &slots[at];
}

static void build(struct slot *slots)
{
    uint64_t random = 1;

    for (uint64_t row = 0; row < ROWS; row++) {
        struct slot *slot = find(slots, key_of(2 * row));

        slot->key = key_of(2 * row);
        slot->value = random_next(&random);
    }
}

static void probe(struct join *join, uint64_t rows)
{
    for (; rows > 0; rows--) {
        uint64_t key = key_of(random_below(&join->random, 2 * (uint64_t)ROWS));
        const struct slot *slot = find(join->slots, key);

        join->matches += slot->key == key;
        join->sum += slot->value;
    }
}

static void run_batch(void *state, uint64_t iterations)
{
    probe(state, iterations * ROWS_PER_ITERATION);
}

/* The result: how many of 65536 rows match, and the sum of what they match. */
static void verify(struct join *join, struct report *report)
{
    uint8_t digest[SHA256_DIGEST_SIZE];
    struct sha256 hash;

    *join = (struct join){.slots = join->slots};
    probe(join, VERIFIED_ROWS);
    sha256_start(&hash);
    sha256_add_u64(&hash, join->matches);
    sha256_add_u64(&hash, join->sum);
    sha256_finish(&hash, digest);
    report_result(report, digest);
}

static int run(const uint64_t *values, struct report *report)
{
    struct measurement measurement;
    struct join join = {0};

    join.slots = memory_map(SLOTS * sizeof(struct slot));
    if (join.slots == NULL)
        return -1;
    build(join.slots);
    if (report_ready() < 0 ||
        measure(&(struct batch){run_batch, &join}, values, &measurement) < 0)
        return -1;
    report_metric(report, "time_per_operation",
                  measured_ns(&measurement, ROWS_PER_ITERATION), "ns");
    report_iterations(report, &measurement, ROWS_PER_ITERATION);
    verify(&join, report);
    memory_unmap(join.slots, SLOTS * sizeof(struct slot));
    return 0;
}

static const struct option options[] = {
    MEASURE_OPTIONS,
    {0},
};

const struct workload hash_join_workload = {
    .name = "hash-join",
    .group = "macro",
    .summary = "Join of two tables in memory",
    .options = options,
    .run = run,
};
