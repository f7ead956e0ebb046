/*
 * Phases of a start, as the platform itself tells them: its command names a
 * descriptor by the placeholder {phases} and writes lines there,
 *
 *   ringside phase NAME MICROSECONDS
 *
 * the time from when it was executed until it reached that phase. Each becomes
 * a metric phase_NAME of the run. Only for workloads that are judged by their
 * start: elsewhere nobody asks.
 */
#ifndef RINGSIDE_BENCH_PHASES_H
#define RINGSIDE_BENCH_PHASES_H

#include "bench/records.h"
#include "bench/spawn.h"
#include "oci/error.h"

enum { PHASES_MAX_SIZE = 16 << 10 }; /* bytes that are read */

/* What {phases} stands for. */
#define PHASES_DESCRIPTOR "3"

/* A pipe: what the platform writes to, and our end. */
struct phases {
    int to_read, to_write;
};

#define PHASES_NONE ((struct phases){-1, -1})

/*
 * Opens it where a command wants it. Errors: of pipe2(2). Close it with
 * phases_close.
 */
int phases_open(char *const *command, struct phases *phases,
                struct error *error);

/*
 * Reads what was written, once the command has ended, and adds it to the
 * records. What is no such line makes the records malformed.
 */
void phases_collect(const struct phases *phases, struct records *records);

void phases_close(struct phases *phases);

#endif
