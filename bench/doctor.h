/*
 * What makes this host noisy or limited for measuring, and how to mend it:
 * judgements over the fingerprint's facts and a short look at what else runs.
 */
#ifndef RINGSIDE_BENCH_DOCTOR_H
#define RINGSIDE_BENCH_DOCTOR_H

#include "oci/error.h"

#include <jansson.h>
#include <stddef.h>

enum finding_kind {
    FINDING_NONE,    /* nothing to say, or the host does not tell */
    FINDING_GOOD,    /* as it should be */
    FINDING_NOISY,   /* figures will spread, or differ from run to run */
    FINDING_LIMITED, /* something cannot be measured, or means less here */
    FINDING_KINDS,
};

enum { FINDING_TEXT_SIZE = ERROR_TEXT_SIZE + 32 };

struct finding {
    enum finding_kind kind;
    char text[FINDING_TEXT_SIZE]; /* what is so, and what it does */
    const char *remedy;           /* what to do; NULL: nothing can be done */
};

struct check {
    const char *subject; /* "governor", ... */
    /* Judges the facts of fingerprint_collect; fills *finding, which is zeroed
     * (FINDING_NONE) before. */
    void (*judge)(const json_t *host, struct finding *finding);
};

/* Ended by a NULL subject. */
extern const struct check doctor_checks[];

/*
 * Watches the host for a second while this process sleeps: load, stolen time
 * and stalls. What it finds is of this moment, unlike the checks.
 */
void doctor_watch(struct finding *finding);

#endif
