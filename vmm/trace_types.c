/* Lines, numbers and memory of a traced call; see trace_line.h. */
#include "vmm/trace_line.h"

#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

enum { GUEST_PAGE = 4096 };

void trace_add(struct trace_line *line, const char *format, ...)
{
    const size_t left = line->size - line->used;
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vsnprintf(line->text + line->used, left, format, arguments);
    va_end(arguments);
    if (length > 0)
        line->used += (size_t)length < left ? (size_t)length : left - 1;
}

/* Page by page, by KVM's own walk of the guest's page tables. */
size_t trace_read(const struct trace_call *call, uint64_t address, void *to,
                  size_t length)
{
    size_t done = 0;

    while (done < length) {
        struct kvm_translation at = {.linear_address = address + done};
        size_t part = GUEST_PAGE - (address + done) % GUEST_PAGE;

        if (part > length - done)
            part = length - done;
        if (ioctl(call->vcpu->fd, KVM_TRANSLATE, &at) < 0 || !at.valid ||
            guest_memory_read(call->memory,
                              (struct guest_addr){at.physical_address},
                              (char *)to + done, part) < 0)
            break;
        done += part;
    }
    return done;
}

static void print_int(struct trace_line *line, const struct trace_call *call,
                      unsigned int index, const struct trace_type *type)
{
    (void)type;
    trace_add(line, "%" PRId32, (int32_t)call->arguments[index]);
}

static void print_long(struct trace_line *line, const struct trace_call *call,
                       unsigned int index, const struct trace_type *type)
{
    (void)type;
    trace_add(line, "%" PRId64, (int64_t)call->arguments[index]);
}

static void print_size(struct trace_line *line, const struct trace_call *call,
                       unsigned int index, const struct trace_type *type)
{
    (void)type;
    trace_add(line, "%" PRIu64, call->arguments[index]);
}

static void print_hex(struct trace_line *line, const struct trace_call *call,
                      unsigned int index, const struct trace_type *type)
{
    (void)type;
    if (call->arguments[index] == 0)
        trace_add(line, "NULL");
    else
        trace_add(line, "%#" PRIx64, call->arguments[index]);
}

static void print_octal(struct trace_line *line, const struct trace_call *call,
                        unsigned int index, const struct trace_type *type)
{
    (void)type;
    trace_add(line, "%#" PRIo32, (uint32_t)call->arguments[index]);
}

static void print_directory(struct trace_line *line,
                            const struct trace_call *call, unsigned int index,
                            const struct trace_type *type)
{
    if ((int32_t)call->arguments[index] == AT_FDCWD)
        trace_add(line, "AT_FDCWD");
    else
        print_int(line, call, index, type);
}

static void print_signal(struct trace_line *line, const struct trace_call *call,
                         unsigned int index, const struct trace_type *type)
{
    const char *name = sigabbrev_np((int)call->arguments[index]);

    if (name != NULL)
        trace_add(line, "SIG%s", name);
    else
        print_int(line, call, index, type);
}

/* The flags are the argument before. */
static bool makes_file(const struct trace_call *call, unsigned int index)
{
    const uint64_t flags = call->arguments[index - 1];

    return (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE;
}

const struct trace_type trace_create_mode = {.print = print_octal,
                                             .is_taken = makes_file};
const struct trace_type trace_int = {.print = print_int};
const struct trace_type trace_long = {.print = print_long};
const struct trace_type trace_size = {.print = print_size};
const struct trace_type trace_hex = {.print = print_hex};
const struct trace_type trace_octal = {.print = print_octal};
const struct trace_type trace_directory = {.print = print_directory};
const struct trace_type trace_signal = {.print = print_signal};
