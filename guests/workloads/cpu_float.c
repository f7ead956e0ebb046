/*
 * cpu-float: double arithmetic in registers. As cpu-int, but for the SSE2
 * unit, whose control word (rounding, exceptions, denormals) the platform
 * sets and must keep across interrupts and switches.
 *
 * IEEE 754 rounds each of + - * / and the square root to one right answer, so
 * the outcome is the same to the last bit wherever these are done in double
 * precision. One operation is one round of all of them, each round on the
 * outcome of the last.
 */
#include "measure.h"
#include "mixes.h"
#include "sha256.h"
#include "workload.h"

#include <emmintrin.h>
#include <float.h>
#include <string.h>

#define VERIFIED_ROUNDS 100000

const struct float_mix float_mix_start = {0.3, 0.2, 0.0};

/* The instruction itself: the library's may set errno and call functions. */
static double square_root(double number)
{
    __m128d value = _mm_set_sd(number);

    return _mm_cvtsd_f64(_mm_sqrt_sd(value, value));
}

void float_mix_run(struct float_mix *mix, uint64_t rounds)
{
    double u = mix->u, v = mix->v, w = mix->w;

    for (; rounds > 0; rounds--) {
        /* The logistic map: chaotic, so that a wrong last bit soon shows. */
        u = 3.99 * u * (1.0 - u);
        v = (u + square_root(u * u + v * v)) / (1.0 + u + v);
        w = w * 0.5 + v;
    }
    *mix = (struct float_mix){u, v, w};
}

static void run_batch(void *state, uint64_t iterations)
{
    float_mix_run(state, iterations);
    __asm__ volatile("" : : "r"(state) : "memory");
}

static void add_double(struct sha256 *hash, double number)
{
    uint64_t bits;

    memcpy(&bits, &number, sizeof(bits));
    sha256_add_u64(hash, bits);
}

/*
 * A denormal, kept from the compiler's own arithmetic: 0 where the platform
 * left flush-to-zero on.
 */
static double denormal(void)
{
    volatile double smallest = DBL_MIN;

    return smallest / 3.0;
}

static void verify(struct report *report)
{
    struct float_mix mix = float_mix_start;
    uint8_t digest[SHA256_DIGEST_SIZE];
    struct sha256 hash;

    float_mix_run(&mix, VERIFIED_ROUNDS);
    sha256_start(&hash);
    add_double(&hash, mix.u);
    add_double(&hash, mix.v);
    add_double(&hash, mix.w);
    add_double(&hash, denormal());
    sha256_finish(&hash, digest);
    report_result(report, digest);
}

static int run(const uint64_t *values, struct report *report)
{
    struct float_mix mix = float_mix_start;
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

const struct workload cpu_float_workload = {
    .name = "cpu-float",
    .group = "cpu",
    .summary = "Floating-point arithmetic",
    .options = options,
    .run = run,
};
