/*
 * When a run reached which of its phases, told to people or to a program.
 * Each stamp closes the step that its name tells, so the difference to the one
 * before it is what that step took.
 */
#ifndef RINGSIDE_OCI_STAMPS_H
#define RINGSIDE_OCI_STAMPS_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* times[0] is when it all began. */
struct stamps {
    const char *const *names; /* in the order in which they are reached */
    const uint64_t *times;    /* CLOCK_MONOTONIC in ns; 0: not reached */
    size_t count;             /* at most STAMPS_MAX */
};

enum { STAMPS_MAX = 32 };

/* CLOCK_MONOTONIC in ns. */
uint64_t stamps_now(void);

/* When this process began, as far as can be told: its processor time ago. */
uint64_t stamps_process_start(void);

/*
 * One line for each phase that was reached: "PROGRAM: phase NAME US us +STEP",
 * microseconds since the beginning and since the line before.
 */
void stamps_print(const struct stamps *stamps, FILE *out, const char *program);

/*
 * The same for programs, to a descriptor, in one write: "ringside phase NAME
 * US", without the first, which is 0. Errors: those of write(2), -EIO where it
 * took a part.
 */
int stamps_record(const struct stamps *stamps, int fd);

#endif
