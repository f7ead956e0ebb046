/* Phases of a run; see stamps.h. */
#include "oci/stamps.h"

#include <errno.h>
#include <time.h>
#include <unistd.h>

enum { LINE_SIZE = 64 };

static uint64_t clock_ns(clockid_t clock)
{
    struct timespec time;

    clock_gettime(clock, &time);
    return (uint64_t)time.tv_sec * 1000000000ull + (uint64_t)time.tv_nsec;
}

uint64_t stamps_now(void)
{
    return clock_ns(CLOCK_MONOTONIC);
}

uint64_t stamps_process_start(void)
{
    return stamps_now() - clock_ns(CLOCK_PROCESS_CPUTIME_ID);
}

void stamps_print(const struct stamps *stamps, FILE *out, const char *program)
{
    uint64_t first = stamps->times[0], last = first;

    for (size_t i = 0; i < stamps->count; i++) {
        uint64_t now = stamps->times[i];

        if (now == 0)
            continue;
        fprintf(out, "%s: phase %s %.1f us +%.1f\n", program, stamps->names[i],
                (double)(now - first) / 1000,
                (double)(int64_t)(now - last) / 1000);
        last = now;
    }
}

int stamps_record(const struct stamps *stamps, int fd)
{
    char text[STAMPS_MAX * LINE_SIZE];
    size_t used = 0;
    ssize_t written;

    for (size_t i = 1; i < stamps->count; i++) {
        if (stamps->times[i] != 0)
            used += (size_t)snprintf(
                text + used, sizeof(text) - used, "ringside phase %s %.1f\n",
                stamps->names[i],
                (double)(stamps->times[i] - stamps->times[0]) / 1000);
    }
    written = write(fd, text, used);
    if (written < 0)
        return -errno;
    return (size_t)written == used ? 0 : -EIO;
}
