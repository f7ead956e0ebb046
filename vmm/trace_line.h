/*
 * What is between the parentheses of a traced call: types of arguments, each
 * of which prints itself, and the table of which call has which.
 */
#ifndef RINGSIDE_VMM_TRACE_LINE_H
#define RINGSIDE_VMM_TRACE_LINE_H

#include "vmm/kvm.h"
#include "vmm/memory.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A line in the making; what does not fit is cut. */
struct trace_line {
    char *text;
    size_t size, used;
};

void trace_add(struct trace_line *line, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* A call as its arguments' types see it. */
struct trace_call {
    const struct vcpu *vcpu;
    const struct guest_memory *memory;
    const uint64_t *arguments;
    int64_t value; /* its result, once done */
};

struct trace_type;

typedef void trace_printer(struct trace_line *line,
                           const struct trace_call *call, unsigned int index,
                           const struct trace_type *type);

/* One bit or field of a word of flags. */
struct trace_flag {
    uint64_t mask, value;
    const char *name;
};

struct trace_type {
    trace_printer *print;
    const struct trace_flag *flags; /* a NULL name ends them */
    bool out;                       /* to be read when the call is done */
    /* Whether the call takes it at all; NULL: always. */
    bool (*is_taken)(const struct trace_call *call, unsigned int index);
};

enum { TRACE_ARGUMENTS = 6 };

enum trace_result {
    TRACE_NONE, /* an empty row */
    TRACE_NUMBER,
    TRACE_ADDRESS,
};

struct trace_signature {
    const struct trace_type *arguments[TRACE_ARGUMENTS]; /* NULL ends them */
    enum trace_result result;
};

/* The signature of this call; six plain words where only its name is known. */
const struct trace_signature *trace_signature(uint64_t number);

/* Names by number, with gaps; the build makes the list. */
enum { TRACE_NAMES = 512 };
extern const char *const trace_names[TRACE_NAMES];

/* Its name, NULL for a number that Linux does not have. */
const char *trace_name(uint64_t number);

/*
 * Reads up to length bytes at the guest-virtual address, as far as the guest
 * has them; returns how many.
 */
size_t trace_read(const struct trace_call *call, uint64_t address, void *to,
                  size_t length);

/* trace_types.c: numbers and what they mean */
extern const struct trace_type trace_int, trace_long, trace_size, trace_hex,
    trace_octal, trace_directory, trace_signal, trace_create_mode;

/* trace_memory.c: what pointers point to */
extern const struct trace_type trace_path, trace_buffer_in, trace_buffer_out,
    trace_text_out, trace_vector_in, trace_vector_out, trace_strings,
    trace_time_in, trace_time_out, trace_stat_out, trace_pair_out,
    trace_limit_in, trace_limit_out, trace_signals_in;

/* trace_flags.c: words of flags and choices */
extern const struct trace_type trace_open_flags, trace_at_flags,
    trace_protection, trace_map_flags, trace_remap_flags, trace_advice,
    trace_seek, trace_access_mode, trace_clock, trace_fcntl, trace_futex,
    trace_mask_how, trace_clone_flags, trace_resource, trace_arch,
    trace_random_flags, trace_epoll_flags, trace_epoll_operation,
    trace_pipe_flags, trace_rename_flags, trace_prctl, trace_ioctl,
    trace_timer_flags;

#endif
