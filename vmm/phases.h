/*
 * Phases of a run: when the VMM reached them, on the host's monotonic clock.
 */
#ifndef RINGSIDE_VMM_PHASES_H
#define RINGSIDE_VMM_PHASES_H

#include <stdint.h>
#include <stdio.h>

/* In the order in which they are reached; a unikernel skips some. */
enum phase {
    PHASE_START,   /* main */
    PHASE_ENTRY,   /* guest made, about to run its first instruction */
    PHASE_INIT,    /* a Linux guest's first instructions outside the kernel */
    PHASE_MODULES, /* its drivers are loaded */
    PHASE_PROGRAM, /* the program is about to be executed */
    PHASE_END,     /* the guest has ended */
    PHASE_COUNT,
};

/* Notes that a phase is reached now, or was at ns (CLOCK_MONOTONIC). */
void phases_mark(enum phase phase);
void phases_mark_at(enum phase phase, uint64_t ns);

/*
 * One line for each phase that was reached: "PROGRAM: phase NAME US us", in
 * microseconds since PHASE_START.
 */
void phases_print(FILE *out, const char *program);

#endif
