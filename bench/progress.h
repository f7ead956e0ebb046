/*
 * How far a session is and how long it will take: a bar on a terminal, a line
 * a block elsewhere.
 */
#ifndef RINGSIDE_BENCH_PROGRESS_H
#define RINGSIDE_BENCH_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct progress {
    FILE *stream; /* NULL: say nothing */
    bool terminal;
    int64_t started_at, drawn_at; /* CLOCK_MONOTONIC */
    int64_t total, done;          /* runs */
    int64_t block, blocks;
};

/* Starts the clock; total runs in so many blocks. */
void progress_start(struct progress *progress, FILE *stream, bool quiet,
                    int64_t blocks, int64_t total);

/* A block begins; 0 is the warm-up. */
void progress_block(struct progress *progress, int64_t block);

/* A run begins; what is shown beside the bar. */
void progress_run(struct progress *progress, const char *platform,
                  const char *workload);

/* It has ended. */
void progress_done(struct progress *progress);

/* Wipes the bar. */
void progress_end(struct progress *progress);

/* Nanoseconds left at the pace so far; -1 before anything is done. */
int64_t progress_left_ns(const struct progress *progress, int64_t now);

/* "1 min 20 s", "7 s", or "?" for -1. */
void progress_text(int64_t ns, char *text, size_t size);

#endif
