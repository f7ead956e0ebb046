/*
 * arenas: memory as servers use it, an arena for each request: 1 MiB from the
 * system, objects of 16 to 1024 bytes made in it one behind the other and
 * linked, then all of it given back. Page faults, page tables and zeroing are
 * most of it, but not all, as in memory-touch: the objects are written and
 * read too. One operation is one arena.
 */
#include "measure.h"
#include "memory.h"
#include "random.h"
#include "sha256.h"
#include "workload.h"

#include <string.h>

enum {
    ARENA_SIZE = MIB,
    SMALLEST = 16,
    LARGEST = 1024,
    ALIGNMENT = 16,
    VERIFIED_ARENAS = 4,
};

struct object {
    struct object *next;
    uint64_t size; /* with this head */
};

struct requests {
    uint64_t random;
    uint64_t objects, checksum;
    int failed;
};

/* Makes objects until the arena is full; returns the last. */
static struct object *fill(struct requests *requests, char *arena)
{
    struct object *last = NULL;
    size_t used = 0;

    while (used + LARGEST <= ARENA_SIZE) {
        struct object *object = (struct object *)(arena + used);
        uint64_t size =
            SMALLEST + random_below(&requests->random, LARGEST - SMALLEST + 1);

        size = size / ALIGNMENT * ALIGNMENT;
        memset(object, (int)(size & 0xff), size);
        object->next = last;
        object->size = size;
        last = object;
        used += size;
    }
    return last;
}

/* The last byte of each object, which is no part of its head. */
static void read_objects(struct requests *requests, const struct object *object)
{
    for (; object != NULL; object = object->next) {
        requests->objects++;
        requests->checksum = requests->checksum * 31 + object->size;
        if (object->size > sizeof(*object))
            requests->checksum += ((const uint8_t *)object)[object->size - 1];
    }
}

static void run_batch(void *state, uint64_t iterations)
{
    struct requests *requests = state;

    for (; iterations > 0 && !requests->failed; iterations--) {
        char *arena = memory_map(ARENA_SIZE);

        if (arena == NULL) {
            requests->failed = 1;
            return;
        }
        read_objects(requests, fill(requests, arena));
        memory_unmap(arena, ARENA_SIZE);
    }
}

/* The result: number, sizes and contents of the objects of four arenas. */
static int verify(struct report *report)
{
    uint8_t digest[SHA256_DIGEST_SIZE];
    struct requests requests = {0};
    struct sha256 hash;

    run_batch(&requests, VERIFIED_ARENAS);
    sha256_start(&hash);
    sha256_add_u64(&hash, requests.objects);
    sha256_add_u64(&hash, requests.checksum);
    sha256_finish(&hash, digest);
    report_result(report, digest);
    return requests.failed ? -1 : 0;
}

static int run(const uint64_t *values, struct report *report)
{
    struct requests requests = {0};

    if (measure_and_report(&(struct batch){run_batch, &requests}, values,
                           report) < 0)
        return -1;
    return requests.failed ? -1 : verify(report);
}

static const struct option options[] = {
    MEASURE_OPTIONS,
    {0},
};

const struct workload arenas_workload = {
    .name = "arenas",
    .group = "macro",
    .summary = "Memory made, used, given back",
    .options = options,
    .run = run,
};
