/*
 * Which functions of the host's kernel a command and all that it starts reach,
 * by the kernel's function tracer (Documentation/trace/ftrace.rst): an instance
 * of its own in tracefs, filtered by process and the processes that it forks,
 * read while the command runs.
 *
 * The kernel's function profiler would count without a buffer that can overrun,
 * but it knows no processes: it counts the whole machine. So the buffer is what
 * there is, and three things keep it from losing events: it is large, read all
 * the time, and a function that was called FUNCTION_ENOUGH times is taken out
 * (set_ftrace_notrace), so that what a program does a million times does not
 * push out what it does once. What was lost all the same is counted.
 */
#ifndef RINGSIDE_BENCH_FUNCTION_TRACE_H
#define RINGSIDE_BENCH_FUNCTION_TRACE_H

#include "bench/trace.h"
#include "oci/error.h"

#include <jansson.h>
#include <stdint.h>
#include <sys/types.h>

struct function_trace;

/*
 * Whether functions can be traced here: 0, or why not: -EACCES without root,
 * -ENOENT where tracefs is not mounted, -ENOTSUP for a kernel that has no
 * function tracer.
 */
int function_trace_check(struct error *error);

/*
 * Starts to trace a process, which waits before it does anything, and what it
 * will fork. The caller ends it by function_trace_end. Errors: as the check's,
 * and of tracefs.
 */
int function_trace_start(pid_t process, struct function_trace **trace,
                         struct error *error);

/* Reads some of what there is; to be called every millisecond or so. */
void function_trace_read(struct function_trace *trace);

/* From now on the program is at work. */
void function_trace_ready(struct function_trace *trace);

/* Stops, and reads all there is; what comes later is not seen. */
void function_trace_stop(struct function_trace *trace);

/* Calls by name in a phase; the caller's. NULL when memory is out. */
json_t *function_trace_to_json(const struct function_trace *trace,
                               enum trace_phase phase);

/* Events that the buffer had no room for, once stopped; -1: not known. */
int64_t function_trace_lost(const struct function_trace *trace);

/* Stops, removes the instance, frees; NULL is fine. */
void function_trace_end(struct function_trace *trace);

/* Removes the instances of tracers that were killed. */
void function_trace_sweep(void);

#endif
