/*
 * Watching a started command to its end: its output as it comes, each piece
 * with the time at which it was had, the time of its exit, and the tail of
 * what it said on stderr.
 */
#ifndef RINGSIDE_BENCH_WATCH_H
#define RINGSIDE_BENCH_WATCH_H

#include "bench/spawn.h"

#include <stdbool.h>
#include <sys/resource.h>

enum {
    WATCH_ERRORS_SIZE = 2048, /* the last bytes of stderr are kept */
    /* How long something that was killed may take to be gone. */
    WATCH_KILL_SECONDS = 10,
};

/* What to do while watching; context is handed to each function. */
struct watch_plan {
    int64_t timeout_ns; /* from spawn */
    /* Gets each piece of stdout and when it was read (ns from spawn). */
    void (*output)(void *context, const char *bytes, size_t size,
                   int64_t at_ns);
    /*
     * Ends a command that does not end by itself: when *end_at_ns (ns from
     * spawn) is reached, ending() is called and then kill(). NULL: never.
     * output() may move it.
     */
    const int64_t *end_at_ns;
    void (*ending)(void *context);
    /* Looks at a command that has ended and was not reaped yet; or NULL. */
    void (*exited)(void *context);
    /* Kills the command and all that it started. */
    void (*kill)(void *context);
    void *context;
};

struct watch_result {
    int64_t exit_ns;     /* when it was reaped, from spawn */
    int status;          /* exit status, or 128+n for death by signal n */
    struct rusage usage; /* of the command and the children it waited for */
    bool timed_out, ended, interrupted;
    char errors[WATCH_ERRORS_SIZE]; /* tail of stderr */
};

/*
 * Watches until the command has been reaped. A signal to the harness (see
 * interrupt.h) or the timeout kills it and is told in *result. Errors: of
 * poll(2) and wait4(2); -ETIMEDOUT when even killing did not end it.
 */
int watch(const struct spawned *spawned, const struct watch_plan *plan,
          struct watch_result *result, struct error *error);

/* The last line of a text that is not blank, cut in place; "" if none. */
char *last_line(char *text);

#endif
