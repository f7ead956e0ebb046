/*
 * The log file that engines name with --log and read when a runtime fails.
 * Source: the records that runc writes (logrus text and JSON), which Podman,
 * containerd and Docker parse.
 */
#ifndef RINGSIDE_OCI_LOG_H
#define RINGSIDE_OCI_LOG_H

#include <stdbool.h>

struct log {
    const char *path; /* NULL: no log, log_write does nothing */
    bool json;        /* {"level":...,"msg":...,"time":...}, else key=value */
    bool debug;       /* --debug was given */
};

/*
 * Appends one record; level is "error" or "debug" (dropped unless
 * log->debug). Returns 0 or a negative errno.
 */
int log_write(const struct log *log, const char *level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
