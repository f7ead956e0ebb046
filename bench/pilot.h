/*
 * How many blocks a wanted precision takes, by a few blocks run beforehand.
 * They are a record of their own, DIRECTORY/pilot, and no figure contains
 * them: to estimate from the runs that chose the number of runs would bias it.
 */
#ifndef RINGSIDE_BENCH_PILOT_H
#define RINGSIDE_BENCH_PILOT_H

#include "bench/results.h"

#define PILOT_DIRECTORY "pilot"

enum {
    PILOT_LEAST = 6, /* blocks: fewer have no interval */
    PILOT_MOST = 10,
    PILOT_SHARE = 5, /* of the time there is, a pilot may take one in so many */
};

struct pilot_plan {
    double precision; /* that was asked for */
    int64_t blocks;   /* that every judged cell would have the precision with */
    /* The cell that asks for the most: "noop on crun"; "" when none does. */
    char widest[2 * RESULT_MAX_NAME + 8];
};

/*
 * Reads the pilot's record in `directory`. The half-width of the interval of a
 * median over that median, w from n values, shrinks with the square root of
 * their number: precision p takes n (w/p)^2. Cells without an interval (failed
 * runs) have no say. Errors: those of collection_read.
 */
int pilot_plan(const char *directory, double precision, struct pilot_plan *plan,
               struct error *error);

/* The blocks that one cell asks for; 0 where its estimate says nothing. */
int64_t pilot_blocks(double median, double low, double high, size_t n,
                     double precision);

#endif
