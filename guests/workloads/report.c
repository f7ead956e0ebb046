/*
 * Records and messages; see report.h. Formatted in memory and written with
 * write(2): stdio's streams would add system calls to every start.
 */
#include "report.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

int write_all(int fd, const char *text, size_t size)
{
    while (size > 0) {
        ssize_t written = write(fd, text, size);

        if (written < 0 && errno != EINTR)
            return -1;
        if (written > 0) {
            text += written;
            size -= (size_t)written;
        }
    }
    return 0;
}

int report_failure(const char *format, ...)
{
    char text[400], line[512];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    snprintf(line, sizeof(line), "workload: %s\n", text);
    write_all(STDERR_FILENO, line, strlen(line));
    return -1;
}

static int write_records(const char *text, size_t size)
{
    if (write_all(STDOUT_FILENO, text, size) < 0)
        return report_failure("cannot write to standard output: %s",
                              strerror(errno));
    return 0;
}

static uint64_t ready_at; /* 0: no clock */

static uint64_t now_ns(void)
{
    struct timespec time;

    if (clock_gettime(CLOCK_MONOTONIC, &time) < 0)
        return 0;
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

int report_ready(void)
{
    static const char line[] = "ringside ready\n";
    int result = write_records(line, strlen(line));

    ready_at = now_ns();
    return result;
}

/* A record that does not fit is a mistake in a workload: cut, never overrun. */
__attribute__((format(printf, 2, 3))) static void append(struct report *report,
                                                         const char *format,
                                                         ...)
{
    size_t room = sizeof(report->text) - report->used;
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vsnprintf(report->text + report->used, room, format, arguments);
    va_end(arguments);
    if (length > 0)
        report->used += (size_t)length < room ? (size_t)length : room - 1;
}

void report_metric(struct report *report, const char *name, double value,
                   const char *unit)
{
    append(report, "ringside metric %s %.4f %s\n", name, value, unit);
}

void report_count(struct report *report, const char *name, uint64_t value)
{
    append(report, "ringside metric %s %" PRIu64 " count\n", name, value);
}

void report_result(struct report *report, const uint8_t digest[32])
{
    if (ready_at > 0)
        report_metric(report, "inner_elapsed", (double)(now_ns() - ready_at),
                      "ns");
    append(report, "ringside result ");
    for (size_t i = 0; i < 32; i++)
        append(report, "%02x", digest[i]);
    append(report, "\n");
}

int report_flush(struct report *report)
{
    return write_records(report->text, report->used);
}
