/* Prints wall time, how long 20 ms of sleep took, and random bytes. */
#include <stdint.h>
#include <stdio.h>
#include <sys/random.h>
#include <time.h>

static int64_t now(clockid_t clock)
{
    struct timespec time;

    clock_gettime(clock, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

int main(void)
{
    const struct timespec pause = {.tv_nsec = 20000000};
    int64_t before = now(CLOCK_MONOTONIC);
    unsigned char bytes[16];

    printf("realtime %lld\n", (long long)now(CLOCK_REALTIME));
    nanosleep(&pause, NULL);
    printf("slept %lld\n", (long long)(now(CLOCK_MONOTONIC) - before));
    if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes))
        return 1;
    printf("random ");
    for (int i = 0; i < 16; i++)
        printf("%02x", bytes[i]);
    printf("\n");
    return 0;
}
