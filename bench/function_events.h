/*
 * Counting what the kernel's function tracer reports: pages of its ring buffer
 * go in, counts by function come out.
 *
 * Source: Documentation/trace/ring-buffer-design.rst and
 * include/linux/ring_buffer.h of Linux (enum ring_buffer_type); the layout of
 * a page is events/header_page of tracefs, that of an event
 * events/ftrace/function/format.
 */
#ifndef RINGSIDE_BENCH_FUNCTION_EVENTS_H
#define RINGSIDE_BENCH_FUNCTION_EVENTS_H

#include "bench/trace.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    FUNCTION_EVENT_ID = 1,       /* TRACE_FN of kernel/trace/trace.h */
    FUNCTION_SLOTS = 1 << 17,    /* the kernel has some 60,000 functions */
    FUNCTION_PAGE_MAX = 1 << 16, /* bytes of a page */
    FUNCTION_ENOUGH = 20000,     /* calls after which a function is known */
    FUNCTION_MAX_KNOWN = 64,
};

/* A function, by the address that the tracer gives; 0: the slot is free. */
struct function_count {
    uint64_t address;
    uint64_t counts[TRACE_PHASES];
};

struct function_counts {
    struct function_count slots[FUNCTION_SLOTS];
    size_t used;
    int64_t ready_ns; /* of CLOCK_MONOTONIC; INT64_MAX: not yet */
    bool garbled;     /* a page was not as we know them */
    /* Those that have just been called often enough; the caller empties it. */
    uint64_t known[FUNCTION_MAX_KNOWN];
    size_t known_count;
};

/*
 * Takes one page, which was filled by clock "mono". Calls in the middle of an
 * interrupt are passed over: it is the machine's, not the program's.
 */
void function_counts_take(struct function_counts *counts, const uint8_t *page,
                          size_t size);

#endif
