/*
 * What a guest knows before and after the moment at which snapshots are taken:
 *
 *   restored ready                 says so only
 *   restored state                 numbers that must be the same ever after
 *   restored identity              what must differ between clones
 *   restored clocks                what must go on, and how
 *   restored chatty                output before the moment
 *   restored late                  never ready
 *   restored copy                  standard input, to output
 *   restored sleep                 a second
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

enum { BLOCK = 1 << 20 };

static void say_ready(void)
{
    static const char line[] = "ringside ready\n";

    if (write(1, line, sizeof(line) - 1) != sizeof(line) - 1)
        exit(2);
}

static int64_t now(clockid_t clock)
{
    struct timespec time;

    clock_gettime(clock, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static int ready(void)
{
    say_ready();
    return 0;
}

/* Heap, vector registers and thread-local storage, across the moment. */
static int state(void)
{
    static __thread int local = 41;
    unsigned char *heap = malloc(BLOCK);
    volatile double x = 2.0;
    double root = sqrt(x);
    uint64_t sum = 0;

    for (int i = 0; i < BLOCK; i++)
        heap[i] = (unsigned char)(i * 7 + i / 4096);
    local++;
    say_ready();
    for (int i = 0; i < BLOCK; i++)
        sum = sum * 31 + heap[i];
    heap[BLOCK / 2]++;
    printf("sum %llx root %.15f local %d byte %d\n", (unsigned long long)sum,
           root, local, heap[BLOCK / 2]);
    return 0;
}

static int identity(void)
{
    unsigned char bytes[16];

    if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes))
        return 1;
    say_ready();
    if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes))
        return 1;
    for (int i = 0; i < 16; i++)
        printf("%02x", bytes[i]);
    printf("\n");
    return 0;
}

static int clocks(void)
{
    int64_t monotonic = now(CLOCK_MONOTONIC);

    say_ready();
    printf("realtime %lld\n", (long long)now(CLOCK_REALTIME));
    printf("passed %lld\n", (long long)(now(CLOCK_MONOTONIC) - monotonic));
    return 0;
}

static int chatty(void)
{
    puts("first");
    fflush(stdout);
    fputs("second\n", stderr);
    fputs("a line that is not ringside ready\n", stdout);
    fflush(stdout);
    say_ready();
    puts("last");
    return 7;
}

static int late(void)
{
    puts("never");
    return 3;
}

static int copy(void)
{
    char block[4096];
    ssize_t n;

    say_ready();
    while ((n = read(0, block, sizeof(block))) > 0) {
        if (write(1, block, (size_t)n) != n)
            return 1;
    }
    return 0;
}

static int nap(void)
{
    const struct timespec second = {.tv_sec = 1};

    say_ready();
    nanosleep(&second, NULL);
    return 9;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*run)(void);
    } ways[] = {{"ready", ready},   {"state", state},   {"identity", identity},
                {"clocks", clocks}, {"chatty", chatty}, {"late", late},
                {"copy", copy},     {"sleep", nap}};

    for (size_t i = 0; argc == 2 && i < sizeof(ways) / sizeof(ways[0]); i++) {
        if (strcmp(argv[1], ways[i].name) == 0)
            return ways[i].run();
    }
    return 2;
}
