/*
 * cpu-int: integer arithmetic in registers. Nothing here leaves the core, so
 * a platform can only lose by taking the core away: to the scheduler, to
 * interrupts, to exits from guest mode.
 *
 * One operation is one round: a multiplication and addition, shifts and an
 * exclusive or, a 64-bit division, and a branch that no predictor can learn.
 * Each round needs the last one's outcome, so none of it can be left out,
 * hoisted or vectorised.
 */
#include "measure.h"
#include "mixes.h"
#include "sha256.h"
#include "workload.h"

#define VERIFIED_ROUNDS 100000

const struct integer_mix integer_mix_start = {1, 2, 3};

void integer_mix_run(struct integer_mix *mix, uint64_t rounds)
{
    uint64_t a = mix->a, b = mix->b, c = mix->c;

    for (; rounds > 0; rounds--) {
        /* Knuth's MMIX generator; its high bits are the random ones. */
        a = a * 6364136223846793005u + 1442695040888963407u;
        b ^= a >> 29;
        b = b << 17 | b >> 47;
        c += b / (a >> 40 | 1);
        if (a >> 63) {
            /* The empty statement keeps this a jump, not a select. */
            __asm__ volatile("");
            c ^= b;
        } else {
            b += c;
        }
    }
    *mix = (struct integer_mix){a, b, c};
}

static void run_batch(void *state, uint64_t iterations)
{
    integer_mix_run(state, iterations);
    /* Whoever might look at the outcome makes it worth computing. */
    __asm__ volatile("" : : "r"(state) : "memory");
}

static void verify(struct report *report)
{
    struct integer_mix mix = integer_mix_start;
    uint8_t digest[SHA256_DIGEST_SIZE];
    struct sha256 hash;

    integer_mix_run(&mix, VERIFIED_ROUNDS);
    sha256_start(&hash);
    sha256_add_u64(&hash, mix.a);
    sha256_add_u64(&hash, mix.b);
    sha256_add_u64(&hash, mix.c);
    sha256_finish(&hash, digest);
    report_result(report, digest);
}

static int run(const uint64_t *values, struct report *report)
{
    struct integer_mix mix = integer_mix_start;
    struct batch batch = {run_batch, &mix};

    if (measure_and_report(&batch, values, report) < 0)
        return -1;
    verify(report);
    return 0;
}

static const struct option options[] = {
    MEASURE_OPTIONS,
    {0},
};

const struct workload cpu_int_workload = {
    .name = "cpu-int",
    .group = "cpu",
    .summary = "Integer arithmetic",
    .options = options,
    .run = run,
};
