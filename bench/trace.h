/*
 * Tracing a command and everything that it starts, by ptrace(2): the system
 * calls that they make of the host, before the command's program is ready and
 * from then on, and the exits of the virtual machines that they run.
 *
 * A traced command is several times slower, so nothing is timed with it. What
 * cannot be traced: a set-user-id program when the caller is not root (the
 * kernel drops its rights), and a command that traces its own children.
 */
#ifndef RINGSIDE_BENCH_TRACE_H
#define RINGSIDE_BENCH_TRACE_H

#include "oci/error.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum {
    TRACE_CALLS = 1024,        /* numbers of system calls are below */
    TRACE_OTHER = TRACE_CALLS, /* the place of calls that have no such number */
    TRACE_MAX_COUNTERS = 128,
    TRACE_MAX_VCPUS = 64,
    TRACE_NAME_SIZE = 64,
};

/* Until the ready line has passed, and after it. */
enum trace_phase { TRACE_START, TRACE_WORK, TRACE_PHASES };

/* A counter of KVM, summed over all virtual processors. */
struct trace_counter {
    char name[TRACE_NAME_SIZE];
    uint64_t values[TRACE_PHASES];
};

struct function_trace;

struct trace {
    bool ready;
    uint64_t calls[TRACE_PHASES][TRACE_CALLS + 1];
    uint64_t tasks; /* processes and threads, the command included */
    struct trace_counter counters[TRACE_MAX_COUNTERS];
    size_t counter_count;
    size_t vcpus;                     /* whose counters could be had */
    size_t blind;                     /* whose counters could not */
    struct function_trace *functions; /* NULL: not asked for */
};

struct trace_request {
    char *const *arguments; /* [0] is looked up on PATH */
    /*
     * Whether each system call is counted. Without it only the creation of a
     * virtual processor stops anything: the guest runs undisturbed.
     */
    bool calls;
    /*
     * Whether functions of the kernel are counted (function_trace.h), and
     * nothing else: ptrace(2) would reach functions of its own.
     */
    bool functions;
    /* Whether stdout is passed on by us, so that the ready line is seen. */
    bool relay;
    /* Where to write a report when SIGUSR1 comes, and at the end; or NULL. */
    const char *report;
};

/*
 * Runs the command to its end. *status is its exit status, or 128+n for death
 * by signal n. What is still there then is killed, unless functions are
 * counted. Errors: of ptrace(2), of the function tracer and of starting the
 * command, -ENOENT when there is no such program. trace_release in any case.
 */
int trace_run(const struct trace_request *request, struct trace *trace,
              int *status, struct error *error);

void trace_release(struct trace *trace);

/*
 * A trace as JSON: {"ready", "tasks", "vcpus", "blind", "start": {CALL: COUNT},
 * "work": {...}, "kvm_start": {COUNTER: COUNT}, "kvm_work": {...}}, and where
 * functions were asked for "functions_start", "functions_work" and
 * "functions_lost". The caller owns it; NULL when memory is out.
 */
json_t *trace_to_json(const struct trace *trace);

/* Writes that, whole or not at all. Errors: of the file system. */
int trace_write(const struct trace *trace, const char *path,
                struct error *error);

/*
 * Reads one back and checks its members; the caller owns *document. Errors: of
 * the file system, -EINVAL for what is no such file.
 */
int trace_load(const char *path, json_t **document, struct error *error);

/* The name of a system call, or NULL. Generated from the kernel's header. */
extern const char *const trace_call_names[TRACE_CALLS];

#endif
