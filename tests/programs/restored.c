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
 *   restored files                 what is in /data, half before, half after
 *   restored threads               a thread that waits, a timer that is armed
 *   restored late-files            the same, all after
 */
#include <fcntl.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/time.h>
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

/* Reads on in a file that was open, and in one that was written. */
static int files(void)
{
    char head[8] = "", tail[8] = "", own[8] = "";
    int data = open("/data", O_RDONLY),
        mine = open("/mine", O_RDWR | O_CREAT, 0600);

    if (data < 0 || mine < 0 || read(data, head, 5) != 5 ||
        write(mine, "kept", 4) != 4)
        return 1;
    say_ready();
    if (read(data, tail, 5) != 5 || pread(mine, own, 4, 0) != 4)
        return 1;
    printf("%s %s %s\n", head, tail, own);
    return 0;
}

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int told;
static volatile sig_atomic_t ticks;

static void tick(int signal)
{
    (void)signal;
    ticks++;
}

static void *wait_to_be_told(void *context)
{
    pthread_mutex_lock(&lock);
    while (!told)
        pthread_cond_wait(&changed, &lock);
    pthread_mutex_unlock(&lock);
    return context;
}

static int threads(void)
{
    const struct itimerval often = {{0, 10000}, {0, 10000}};
    const struct timespec moment = {.tv_nsec = 1000000};
    pthread_t waiting;
    void *result = NULL;

    if (pthread_create(&waiting, NULL, wait_to_be_told, &told) != 0)
        return 1;
    nanosleep(&moment, NULL);
    signal(SIGALRM, tick);
    setitimer(ITIMER_REAL, &often, NULL);
    say_ready();
    while (ticks < 3)
        continue;
    pthread_mutex_lock(&lock);
    told = 1;
    pthread_cond_signal(&changed);
    pthread_mutex_unlock(&lock);
    pthread_join(waiting, &result);
    printf("told %d\n", result == &told);
    return 0;
}

static int late_files(void)
{
    char text[16] = "";
    int data;

    say_ready();
    data = open("/data", O_RDONLY);
    if (data < 0 || read(data, text, 10) != 10)
        return 1;
    puts(text);
    return 0;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*run)(void);
    } ways[] = {{"ready", ready},       {"state", state},
                {"identity", identity}, {"clocks", clocks},
                {"chatty", chatty},     {"late", late},
                {"copy", copy},         {"sleep", nap},
                {"files", files},       {"late-files", late_files},
                {"threads", threads}};

    for (size_t i = 0; argc == 2 && i < sizeof(ways) / sizeof(ways[0]); i++) {
        if (strcmp(argv[1], ways[i].name) == 0)
            return ways[i].run();
    }
    return 2;
}
