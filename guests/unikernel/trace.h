/*
 * Telling the VMM of system calls, which prints them (--trace): when one
 * begins, when it has to wait, when it is done.
 */
#ifndef RINGSIDE_UNIKERNEL_TRACE_H
#define RINGSIDE_UNIKERNEL_TRACE_H

#include "guests/unikernel/registers.h"
#include "guests/unikernel/syscalls.h"

#include <stdint.h>

/*
 * Serves the call by its handler, NULL where there is none, and tells of it.
 * A call that is begun again is told of once.
 */
int64_t trace_serve(const struct registers *call, syscall_handler *handler);

#endif
