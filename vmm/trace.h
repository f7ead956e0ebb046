/*
 * Printing a guest's system calls on stderr, in the form of strace(1): a call
 * is one line, with what it was given when it begins and what it was left with
 * when it is done. One that has to wait is cut there and taken up later.
 */
#ifndef RINGSIDE_VMM_TRACE_H
#define RINGSIDE_VMM_TRACE_H

#include "guests/unikernel/hypercall.h"
#include "vmm/kvm.h"
#include "vmm/memory.h"

#include <stdint.h>
#include <stdio.h>

enum {
    TRACE_MAX_CALLS = 512, /* numbers below are named and counted */
    TRACE_LINE = 4096,
};

struct trace;

/* What the guest tells of a call; its memory is read through the vCPU. */
typedef void trace_teller(struct trace *trace,
                          const struct hypercall_trace *what,
                          const struct vcpu *vcpu,
                          const struct guest_memory *memory, FILE *out);

struct trace {
    trace_teller *tell;       /* by pointer: a VMM without --trace needs none */
    char text[TRACE_LINE];    /* the line of the call that is going on */
    size_t used;              /* bytes of it, 0: none is */
    uint64_t number, printed; /* of that call: arguments in the line already */
    uint32_t unknown[TRACE_MAX_CALLS]; /* calls that were not there */
    uint32_t unknown_others;
};

/* Makes one; NULL where there is no memory. The caller frees it. */
struct trace *trace_create(void);

/*
 * The guest has ended, with this exit status or 128 + signal: what went on is
 * cut, and the calls that were not there are named with how often they came.
 */
void trace_end(struct trace *trace, int exit_status, const char *program,
               FILE *out);

#endif
