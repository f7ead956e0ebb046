/* Clocks; see clock.h for the contract. */
#include "bench/clock.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

int64_t clock_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * NS_PER_SECOND + now.tv_nsec;
}

void clock_sleep(int64_t ns)
{
    struct timespec left = {.tv_sec = ns / NS_PER_SECOND,
                            .tv_nsec = ns % NS_PER_SECOND};

    while (clock_nanosleep(CLOCK_MONOTONIC, 0, &left, &left) == EINTR)
        continue;
}

void clock_text(char text[CLOCK_TEXT_SIZE], int ms)
{
    struct timespec now;
    struct tm utc;
    size_t used;

    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    used = strftime(text, CLOCK_TEXT_SIZE, "%Y-%m-%dT%H:%M:%S", &utc);
    if (ms)
        snprintf(text + used, CLOCK_TEXT_SIZE - used, ".%03ldZ",
                 now.tv_nsec / 1000000);
    else
        snprintf(text + used, CLOCK_TEXT_SIZE - used, "Z");
}

void clock_stamp(char text[CLOCK_TEXT_SIZE])
{
    time_t now = time(NULL);
    struct tm utc;

    gmtime_r(&now, &utc);
    strftime(text, CLOCK_TEXT_SIZE, "%Y%m%dT%H%M%SZ", &utc);
}
