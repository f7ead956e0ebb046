/* Measuring the time-stamp counter; see tsc.h. */
#include "bench/tsc.h"

#include "bench/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include <x86intrin.h>

enum { TRIES = 8, WINDOW_MS = 40 };

/* Clock and counter at one moment. */
struct moment {
    int64_t ns;
    uint64_t tsc;
};

static int64_t raw_clock(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC_RAW, &now);
    return (int64_t)now.tv_sec * NS_PER_SECOND + now.tv_nsec;
}

/* The tightest of a few: an interrupt between the two reads is not in it. */
static struct moment look(void)
{
    struct moment best = {0, 0};
    uint64_t width = UINT64_MAX;

    for (int i = 0; i < TRIES; i++) {
        uint64_t before = __rdtsc();
        int64_t now = raw_clock();
        uint64_t after = __rdtsc();

        if (after - before < width) {
            width = after - before;
            best = (struct moment){now, before + width / 2};
        }
    }
    return best;
}

const char *tsc_khz(void)
{
    static char text[24];
    struct moment start, end;

    if (text[0] != '\0')
        return text;
    start = look();
    clock_sleep(WINDOW_MS * NS_PER_MS);
    end = look();
    snprintf(text, sizeof(text), "%" PRIu64,
             (end.tsc - start.tsc) * (uint64_t)NS_PER_MS /
                 (uint64_t)(end.ns - start.ns));
    return text;
}
