/* The one clock of the harness, and the wall clock's text for records. */
#ifndef RINGSIDE_BENCH_CLOCK_H
#define RINGSIDE_BENCH_CLOCK_H

#include <stddef.h>
#include <stdint.h>

#define NS_PER_SECOND INT64_C(1000000000)
#define NS_PER_MS     INT64_C(1000000)
#define NS_PER_US     INT64_C(1000)

enum { CLOCK_TEXT_SIZE = 32 };

/* CLOCK_MONOTONIC in ns. Safe in a child that shares our memory. */
int64_t clock_now(void);

/* Sleeps, interrupted by no signal. Safe in such a child too. */
void clock_sleep(int64_t ns);

/* Time now, UTC, ISO 8601: 2026-11-23T12:00:00.123Z; without ms if !ms. */
void clock_text(char text[CLOCK_TEXT_SIZE], int ms);

/* Time now as a directory name: 20261123T120000Z. */
void clock_stamp(char text[CLOCK_TEXT_SIZE]);

#endif
