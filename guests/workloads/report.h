/*
 * What a workload says, on standard output, one record a line:
 *
 *   ringside ready
 *   ringside metric NAME VALUE UNIT
 *   ringside result HEX
 *
 * The ready line is one write of its own, the moment the program is up. All
 * other records are collected and written at once at the end: on a platform
 * where a system call is dear, nine writes would cost more than some of what
 * is measured.
 */
#ifndef RINGSIDE_WORKLOAD_REPORT_H
#define RINGSIDE_WORKLOAD_REPORT_H

#include <stddef.h>
#include <stdint.h>

enum {
    REPORT_SIZE = 2048,
};

/* Zero-initialise before use. */
struct report {
    char text[REPORT_SIZE];
    size_t used;
};

/* Writes the ready line. Returns 0, or -1 after report_failure. */
int report_ready(void);

/* Adds a metric: a measured one, with four decimals, or a count. */
void report_metric(struct report *report, const char *name, double value,
                   const char *unit);
void report_count(struct report *report, const char *name, uint64_t value);

/*
 * Adds the result, the digest of what was computed, and before it the metric
 * inner_elapsed: what this program's clock says of the time since the ready
 * line, for the reader to hold against its own clock. The last to be added.
 */
void report_result(struct report *report, const uint8_t digest[32]);

/* Writes all that was added. Returns 0, or -1 after report_failure. */
int report_flush(struct report *report);

/* Writes text, however many writes it takes. Returns 0 or -1 with errno. */
int write_all(int fd, const char *text, size_t size);

/* Says on standard error, in one line, what failed. Always returns -1. */
int report_failure(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

#endif
