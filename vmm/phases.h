/*
 * Phases of a run: when the VMM reached them, on the host's monotonic clock.
 * Each stamp closes the step that its name tells, so the difference to the one
 * before it is what that step took. See docs/startup.md.
 */
#ifndef RINGSIDE_VMM_PHASES_H
#define RINGSIDE_VMM_PHASES_H

#include "oci/error.h"

#include <stdint.h>
#include <stdio.h>

/* In the order in which they are reached; each kind of guest skips some. */
enum phase {
    PHASE_EXEC,        /* the process began: its processor time before main */
    PHASE_START,       /* main */
    PHASE_BUNDLE,      /* command line and bundle read, state directory made */
    PHASE_MEMORY,      /* guest memory reserved */
    PHASE_LOAD,        /* library OS and program in it */
    PHASE_OPEN,        /* /dev/kvm opened */
    PHASE_VM,          /* VM made */
    PHASE_REGION,      /* guest memory given to it */
    PHASE_VCPU,        /* vCPU made */
    PHASE_CPUID,       /* CPUID found and given to it */
    PHASE_REGISTERS,   /* registers set, boot information written */
    PHASE_ENTRY,       /* about to enter the guest */
    PHASE_INSTRUCTION, /* a unikernel's first instruction */
    PHASE_INIT,        /* a Linux guest's first outside the kernel */
    PHASE_MODULES,     /* its drivers are loaded */
    PHASE_PROGRAM,     /* the program's first instruction, or just before */
    PHASE_OUTPUT,      /* its first output arrives */
    PHASE_END,         /* the guest has ended */
    PHASE_TEARDOWN,    /* vCPU, VM and memory are gone */
    PHASE_COUNT,
};

/* Notes that main is reached, and from when the process has run. */
void phases_start(void);

/* Has processes that are made from now on share the stamps with this one.
 * Errors: -ENOMEM. */
int phases_share(struct error *error);

/* Notes that a phase is reached now, or was at ns (CLOCK_MONOTONIC). */
void phases_mark(enum phase phase);
void phases_mark_at(enum phase phase, uint64_t ns);

/* The same, where only the first time counts. */
void phases_mark_first(enum phase phase);

/* CLOCK_MONOTONIC in ns. */
uint64_t phases_now(void);

/*
 * One line for each phase that was reached: "PROGRAM: phase NAME US us +STEP",
 * microseconds since PHASE_EXEC and since the line before.
 */
void phases_print(FILE *out, const char *program);

/*
 * The same for programs, to a descriptor: "ringside phase NAME US", without
 * PHASE_EXEC, which is 0. Errors: those of write(2), -EIO where it took a part.
 */
int phases_record(int fd);

#endif
