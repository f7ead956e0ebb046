/* From what the guest tells to lines; see trace.h. */
#include "vmm/trace.h"

#include "vmm/trace_line.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

enum {
    RESULT_COLUMN = 40, /* as strace aligns */
    ERROR_MAX = 4095,
    /* Results of the kernel's own that a program never sees. */
    RESTART_FIRST = 512,
    RESTART_LAST = 516,
    SIGNAL_BASE = 128,
};

static struct trace_line line_of(struct trace *trace)
{
    return (struct trace_line){trace->text, sizeof(trace->text), trace->used};
}

static void add_name(struct trace_line *line, uint64_t number)
{
    const char *name = trace_name(number);

    if (name != NULL)
        trace_add(line, "%s", name);
    else
        trace_add(line, "syscall_%" PRIu64, number);
}

/* Arguments from *next on: all, or as far as they are the program's. */
static void add_arguments(struct trace_line *line,
                          const struct trace_call *call, uint64_t number,
                          uint64_t *next, bool ended)
{
    const struct trace_signature *signature = trace_signature(number);

    for (; *next < TRACE_ARGUMENTS && signature->arguments[*next] != NULL;
         (*next)++) {
        const struct trace_type *type = signature->arguments[*next];

        if (type->out && !ended)
            return;
        if (type->is_taken != NULL &&
            !type->is_taken(call, (unsigned int)*next))
            continue;
        if (*next > 0)
            trace_add(line, ", ");
        type->print(line, call, (unsigned int)*next, type);
    }
}

static void add_result(struct trace_line *line, uint64_t number, int64_t value)
{
    trace_add(
        line, ")%*s = ",
        line->used < RESULT_COLUMN ? (int)(RESULT_COLUMN - line->used) : 0, "");
    if (value < -ERROR_MAX || value >= 0)
        trace_add(line,
                  trace_signature(number)->result == TRACE_ADDRESS ? "%#" PRIx64
                                                                   : "%" PRId64,
                  value);
    else if (-value >= RESTART_FIRST && -value <= RESTART_LAST)
        trace_add(line, "? (a signal comes first)");
    else
        trace_add(
            line, "-1 %s (%s)",
            strerrorname_np((int)-value) != NULL ? strerrorname_np((int)-value)
                                                 : "E?",
            strerrordesc_np((int)-value) != NULL ? strerrordesc_np((int)-value)
                                                 : "unknown error");
}

/* One write for a line, which then does not mix with the program's. */
static void print_line(struct trace *trace, FILE *out)
{
    fprintf(out, "%.*s\n", (int)trace->used, trace->text);
    fflush(out);
    trace->used = 0;
}

static void cut(struct trace *trace, FILE *out)
{
    struct trace_line line = line_of(trace);

    if (trace->used == 0)
        return;
    trace_add(&line, " <unfinished ...>");
    trace->used = line.used;
    print_line(trace, out);
}

static void begin(struct trace *trace, const struct hypercall_trace *what,
                  const struct trace_call *call, FILE *out)
{
    struct trace_line line;

    cut(trace, out);
    line = line_of(trace);
    trace->number = what->number;
    trace->printed = 0;
    add_name(&line, what->number);
    trace_add(&line, "(");
    add_arguments(&line, call, what->number, &trace->printed, false);
    trace->used = line.used;
}

/* The end of a call that was cut, maybe long ago, and by another thread. */
static void resume(struct trace *trace, const struct hypercall_trace *what,
                   FILE *out)
{
    const struct trace_signature *signature = trace_signature(what->number);
    struct trace_line line;

    if (trace->used > 0 && trace->number == what->number)
        return;
    cut(trace, out);
    line = line_of(trace);
    trace_add(&line, "<... ");
    add_name(&line, what->number);
    trace_add(&line, " resumed>");
    trace->used = line.used;
    trace->number = what->number;
    for (trace->printed = 0; trace->printed < TRACE_ARGUMENTS &&
                             signature->arguments[trace->printed] != NULL &&
                             !signature->arguments[trace->printed]->out;)
        trace->printed++;
}

static void end(struct trace *trace, const struct hypercall_trace *what,
                const struct trace_call *call, FILE *out)
{
    struct trace_line line;

    resume(trace, what, out);
    line = line_of(trace);
    add_arguments(&line, call, what->number, &trace->printed, true);
    add_result(&line, what->number, what->value);
    trace->used = line.used;
    print_line(trace, out);
}

static void count_unknown(struct trace *trace, uint64_t number)
{
    if (number < TRACE_MAX_CALLS)
        trace->unknown[number]++;
    else
        trace->unknown_others++;
}

static void tell(struct trace *trace, const struct hypercall_trace *what,
                 const struct vcpu *vcpu, const struct guest_memory *memory,
                 FILE *out)
{
    const struct trace_call call = {
        .vcpu = vcpu,
        .memory = memory,
        .arguments = what->arguments,
        .value = what->value,
    };

    switch (what->event) {
    case TRACE_BEGIN:
        begin(trace, what, &call, out);
        return;
    case TRACE_WAIT:
        cut(trace, out);
        return;
    case TRACE_UNKNOWN:
        count_unknown(trace, what->number);
        begin(trace, what, &call, out);
        end(trace, what, &call, out);
        return;
    case TRACE_END:
        end(trace, what, &call, out);
        return;
    default: /* the guest's own invention */
        return;
    }
}

struct trace *trace_create(void)
{
    struct trace *trace = calloc(1, sizeof(*trace));

    if (trace != NULL)
        trace->tell = tell;
    return trace;
}

static void print_unknown(const struct trace *trace, const char *program,
                          FILE *out)
{
    for (uint64_t number = 0; number < TRACE_MAX_CALLS; number++) {
        const char *name = trace_name(number);

        if (trace->unknown[number] > 0)
            fprintf(out,
                    "%s: system call %s (%" PRIu64
                    ") is not in the library OS: %" PRIu32 " times ENOSYS\n",
                    program, name != NULL ? name : "without a name", number,
                    trace->unknown[number]);
    }
    if (trace->unknown_others > 0)
        fprintf(out,
                "%s: system calls above %d are not Linux's: %" PRIu32
                " times ENOSYS\n",
                program, TRACE_MAX_CALLS - 1, trace->unknown_others);
}

void trace_end(struct trace *trace, int exit_status, const char *program,
               FILE *out)
{
    const char *name = exit_status > SIGNAL_BASE
                           ? sigabbrev_np(exit_status - SIGNAL_BASE)
                           : NULL;
    struct trace_line line = line_of(trace);

    if (trace->used > 0) {
        trace_add(&line, ")%*s = ?",
                  line.used < RESULT_COLUMN ? (int)(RESULT_COLUMN - line.used)
                                            : 0,
                  "");
        trace->used = line.used;
        print_line(trace, out);
    }
    if (name != NULL)
        fprintf(out, "+++ killed by SIG%s +++\n", name);
    else
        fprintf(out, "+++ exited with %d +++\n", exit_status);
    print_unknown(trace, program, out);
}
