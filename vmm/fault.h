/* A guest's fault in the words and by the signals of Linux. */
#ifndef RINGSIDE_VMM_FAULT_H
#define RINGSIDE_VMM_FAULT_H

#include "guests/unikernel/hypercall.h"
#include "oci/error.h"

/*
 * The signal that Linux sends a program for this exception.
 * Source: Linux arch/x86/kernel/traps.c by its documentation in signal(7) and
 * Intel SDM volume 3, table 6-1 (exceptions).
 */
int fault_signal(const struct hypercall_fault *fault);

/* One line: what was done, where, by which instruction. */
void fault_describe(const struct hypercall_fault *fault, struct error *line);

#endif
