/*
 * switch-pipe and switch-futex: two threads that hand a token to and fro, and
 * sleep while the other has it. Both are kept on one processor where the
 * platform can do that, so that each hand-over is a context switch and not a
 * message between processors; a virtual machine with one processor has no
 * other way.
 *
 * switch-pipe hands it through a pair of pipes: a write that wakes, a read
 * that sleeps. switch-futex hands it in memory and asks the kernel for
 * nothing but waking and sleeping. One operation is one hand-over, half a
 * round trip.
 */
#include "measure.h"
#include "one_processor.h"
#include "random.h"
#include "sha256.h"
#include "workload.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
    HANDOVERS = 2, /* in a round trip */
    VERIFIED_TRIPS = 64,
    /* futex(2), operations; musl has no <linux/futex.h>. */
    WAIT_PRIVATE = 128,
    WAKE_PRIVATE = 129,
};

enum turn { TURN_MAIN, TURN_PARTNER, TURN_OVER };

/* What the two threads share. */
struct table {
    int there[2], back[2]; /* pipes: read end, write end */
    _Atomic uint32_t turn; /* enum turn; a futex */
    uint64_t token;        /* of whose turn it is */
    int failure;           /* errno of the first call that failed */
};

/* A way to send the token and to have it back; -1 when that failed. */
struct way {
    int (*open)(struct table *table);
    int (*trip)(struct table *table);
    void *(*partner)(void *table);
    void (*close)(struct table *table);
};

/* What the partner makes of a token. */
static uint64_t answer(uint64_t token)
{
    return random_next(&token);
}

static int fails(struct table *table)
{
    table->failure = errno != 0 ? errno : EIO;
    return -1;
}

static int pipe_open(struct table *table)
{
    return pipe(table->there) < 0 || pipe(table->back) < 0 ? fails(table) : 0;
}

static int pipe_trip(struct table *table)
{
    errno = 0;
    if (write(table->there[1], &table->token, 8) != 8 ||
        read(table->back[0], &table->token, 8) != 8)
        return fails(table);
    return 0;
}

/* Until the other closes its end. */
static void *pipe_partner(void *context)
{
    struct table *table = context;
    uint64_t token;

    while (read(table->there[0], &token, 8) == 8) {
        token = answer(token);
        if (write(table->back[1], &token, 8) != 8)
            break;
    }
    close(table->back[1]); /* a main thread that still waits reads the end */
    return NULL;
}

static void pipe_close(struct table *table)
{
    close(table->there[1]);
}

static int futex_open(struct table *table)
{
    atomic_store(&table->turn, TURN_MAIN);
    return 0;
}

static void hand_over(struct table *table, enum turn to)
{
    atomic_store(&table->turn, to);
    syscall(SYS_futex, &table->turn, WAKE_PRIVATE, 1, NULL, NULL, 0);
}

/* Sleeps as long as it is the turn of `other`; returns whose it is then. */
static enum turn await_other(struct table *table, enum turn other)
{
    uint32_t turn;

    while ((turn = atomic_load(&table->turn)) == (uint32_t)other)
        syscall(SYS_futex, &table->turn, WAIT_PRIVATE, other, NULL, NULL, 0);
    return turn;
}

static int futex_trip(struct table *table)
{
    hand_over(table, TURN_PARTNER);
    await_other(table, TURN_PARTNER);
    return 0;
}

static void *futex_partner(void *context)
{
    struct table *table = context;

    while (await_other(table, TURN_MAIN) == TURN_PARTNER) {
        table->token = answer(table->token);
        hand_over(table, TURN_MAIN);
    }
    return NULL;
}

static void futex_close(struct table *table)
{
    hand_over(table, TURN_OVER);
}

static const struct way pipe_way = {pipe_open, pipe_trip, pipe_partner,
                                    pipe_close};
static const struct way futex_way = {futex_open, futex_trip, futex_partner,
                                     futex_close};

struct match {
    const struct way *way;
    struct table table;
};

static void run_batch(void *state, uint64_t iterations)
{
    struct match *match = state;

    while (iterations-- > 0 && match->way->trip(&match->table) == 0)
        continue;
}

/* The result: the tokens of 64 trips from a known start. */
static void verify(struct match *match, struct report *report)
{
    uint8_t digest[SHA256_DIGEST_SIZE];
    struct sha256 hash;

    sha256_start(&hash);
    match->table.token = 0;
    for (int i = 0; i < VERIFIED_TRIPS; i++) {
        match->way->trip(&match->table);
        sha256_add_u64(&hash, match->table.token);
    }
    sha256_finish(&hash, digest);
    report_result(report, digest);
}

static int measure_match(struct match *match, const uint64_t *values,
                         struct report *report)
{
    struct measurement measurement;

    if (measure(&(struct batch){run_batch, match}, values, &measurement) < 0)
        return -1;
    report_metric(report, "time_per_operation",
                  measured_ns(&measurement, HANDOVERS), "ns");
    report_iterations(report, &measurement, HANDOVERS);
    verify(match, report);
    return match->table.failure == 0
               ? 0
               : report_failure("a hand-over failed: %s",
                                strerror(match->table.failure));
}

static int run(const struct way *way, const uint64_t *values,
               struct report *report)
{
    struct match match = {.way = way};
    pthread_t partner;
    int status;

    if (report_ready() < 0)
        return -1;
    stay_on_one_processor();
    if (way->open(&match.table) < 0)
        return report_failure("cannot make a pipe: %s",
                              strerror(match.table.failure));
    status = pthread_create(&partner, NULL, way->partner, &match.table);
    if (status != 0)
        return report_failure("cannot make a thread: %s", strerror(status));
    status = measure_match(&match, values, report);
    way->close(&match.table);
    pthread_join(partner, NULL);
    return status;
}

static int run_pipe(const uint64_t *values, struct report *report)
{
    return run(&pipe_way, values, report);
}

static int run_futex(const uint64_t *values, struct report *report)
{
    return run(&futex_way, values, report);
}

static const struct option options[] = {
    MEASURE_OPTIONS,
    {0},
};

const struct workload switch_pipe_workload = {
    .name = "switch-pipe",
    .group = "kernel",
    .summary = "Context switch by pipe",
    .options = options,
    .run = run_pipe,
};

const struct workload switch_futex_workload = {
    .name = "switch-futex",
    .group = "kernel",
    .summary = "Context switch by futex",
    .options = options,
    .run = run_futex,
};
