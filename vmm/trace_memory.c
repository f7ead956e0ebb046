/*
 * What the pointers of a traced call point to. The memory is a guest's: it is
 * read and printed, as far as it is there; where it is not, the address is.
 */
#include "vmm/trace_line.h"

#include <ctype.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>

enum {
    SHOWN = 32,       /* bytes of a buffer, as strace shows */
    SHOWN_PATH = 256, /* bytes of a path */
    SHOWN_VECTORS = 4,
    SHOWN_STRINGS = 8,
    SIGNALS = 64,
};

static void print_address(struct trace_line *line, uint64_t address)
{
    if (address == 0)
        trace_add(line, "NULL");
    else
        trace_add(line, "%#" PRIx64, address);
}

static void print_byte(struct trace_line *line, unsigned char byte,
                       unsigned char next)
{
    static const char named[] = "\a\b\t\n\v\f\r", letters[] = "abtnvfr";
    const char *at = byte != 0 ? strchr(named, byte) : NULL;

    if (byte == '"' || byte == '\\')
        trace_add(line, "\\%c", byte);
    else if (at != NULL)
        trace_add(line, "\\%c", letters[at - named]);
    else if (byte >= ' ' && byte < 0x7f)
        trace_add(line, "%c", byte);
    else if (isdigit(next)) /* or it would be taken for a part of it */
        trace_add(line, "\\%03o", byte);
    else
        trace_add(line, "\\%o", byte);
}

static void print_bytes(struct trace_line *line, const char *bytes,
                        size_t length, bool more)
{
    trace_add(line, "\"");
    for (size_t i = 0; i < length; i++)
        print_byte(line, (unsigned char)bytes[i],
                   i + 1 < length ? (unsigned char)bytes[i + 1] : 0);
    trace_add(line, more ? "\"..." : "\"");
}

static void print_buffer(struct trace_line *line, const struct trace_call *call,
                         uint64_t address, uint64_t length)
{
    const size_t shown = length < SHOWN ? (size_t)length : SHOWN;
    char bytes[SHOWN];

    if (address == 0 || trace_read(call, address, bytes, shown) < shown)
        print_address(line, address);
    else
        print_bytes(line, bytes, shown, length > shown);
}

static void print_string(struct trace_line *line, const struct trace_call *call,
                         uint64_t address)
{
    char bytes[SHOWN_PATH];
    size_t got = trace_read(call, address, bytes, sizeof(bytes));
    size_t length = strnlen(bytes, got);

    if (address == 0 || (length == got && got < sizeof(bytes)))
        print_address(line, address);
    else
        print_bytes(line, bytes, length, length == got);
}

static void print_path(struct trace_line *line, const struct trace_call *call,
                       unsigned int index, const struct trace_type *type)
{
    (void)type;
    print_string(line, call, call->arguments[index]);
}

/* Its length is the next argument. */
static void print_buffer_in(struct trace_line *line,
                            const struct trace_call *call, unsigned int index,
                            const struct trace_type *type)
{
    (void)type;
    print_buffer(line, call, call->arguments[index],
                 call->arguments[index + 1]);
}

/* Its length is the result. */
static void print_buffer_out(struct trace_line *line,
                             const struct trace_call *call, unsigned int index,
                             const struct trace_type *type)
{
    (void)type;
    if (call->value < 0)
        print_address(line, call->arguments[index]);
    else
        print_buffer(line, call, call->arguments[index], (uint64_t)call->value);
}

static void print_text_out(struct trace_line *line,
                           const struct trace_call *call, unsigned int index,
                           const struct trace_type *type)
{
    (void)type;
    if (call->value < 0)
        print_address(line, call->arguments[index]);
    else
        print_string(line, call, call->arguments[index]);
}

/* Of struct iovec, as many as the next argument says; limit bytes in all. */
static void print_vector(struct trace_line *line, const struct trace_call *call,
                         unsigned int index, uint64_t limit)
{
    const uint64_t count = call->arguments[index + 1];
    struct iovec vector[SHOWN_VECTORS];
    size_t shown = count < SHOWN_VECTORS ? (size_t)count : SHOWN_VECTORS;

    if (trace_read(call, call->arguments[index], vector,
                   shown * sizeof(vector[0])) < shown * sizeof(vector[0])) {
        print_address(line, call->arguments[index]);
        return;
    }
    trace_add(line, "[");
    for (size_t i = 0; i < shown; i++) {
        uint64_t part = vector[i].iov_len < limit ? vector[i].iov_len : limit;

        trace_add(line, i > 0 ? ", {" : "{");
        print_buffer(line, call, (uintptr_t)vector[i].iov_base, part);
        trace_add(line, ", %zu}", vector[i].iov_len);
        limit -= part;
    }
    trace_add(line, count > shown ? ", ...]" : "]");
}

static void print_vector_in(struct trace_line *line,
                            const struct trace_call *call, unsigned int index,
                            const struct trace_type *type)
{
    (void)type;
    print_vector(line, call, index, UINT64_MAX);
}

static void print_vector_out(struct trace_line *line,
                             const struct trace_call *call, unsigned int index,
                             const struct trace_type *type)
{
    (void)type;
    if (call->value < 0)
        print_address(line, call->arguments[index]);
    else
        print_vector(line, call, index, (uint64_t)call->value);
}

/* A NULL-terminated array of strings. */
static void print_strings(struct trace_line *line,
                          const struct trace_call *call, unsigned int index,
                          const struct trace_type *type)
{
    const uint64_t address = call->arguments[index];
    uint64_t string;

    (void)type;
    if (trace_read(call, address, &string, sizeof(string)) < sizeof(string)) {
        print_address(line, address);
        return;
    }
    trace_add(line, "[");
    for (uint64_t i = 0; i < SHOWN_STRINGS && string != 0; i++) {
        trace_add(line, i > 0 ? ", " : "");
        print_string(line, call, string);
        if (trace_read(call, address + (i + 1) * 8, &string, sizeof(string)) <
            sizeof(string))
            break;
    }
    trace_add(line, string != 0 ? ", ...]" : "]");
}

/*
 * Copies a structure that the call was given, or has filled in; false, and the
 * address printed, where it cannot be read or holds nothing.
 */
static bool take(struct trace_line *line, const struct trace_call *call,
                 unsigned int index, const struct trace_type *type, void *to,
                 size_t size)
{
    const uint64_t address = call->arguments[index];

    if (address != 0 && (!type->out || call->value >= 0) &&
        trace_read(call, address, to, size) == size)
        return true;
    print_address(line, address);
    return false;
}

static void print_time(struct trace_line *line, const struct trace_call *call,
                       unsigned int index, const struct trace_type *type)
{
    struct timespec time;

    if (take(line, call, index, type, &time, sizeof(time)))
        trace_add(line, "{tv_sec=%" PRId64 ", tv_nsec=%ld}",
                  (int64_t)time.tv_sec, time.tv_nsec);
}

static void print_stat(struct trace_line *line, const struct trace_call *call,
                       unsigned int index, const struct trace_type *type)
{
    static const struct {
        mode_t kind;
        const char *name;
    } kinds[] = {{S_IFREG, "S_IFREG"}, {S_IFDIR, "S_IFDIR"},
                 {S_IFLNK, "S_IFLNK"}, {S_IFCHR, "S_IFCHR"},
                 {S_IFIFO, "S_IFIFO"}, {S_IFSOCK, "S_IFSOCK"},
                 {S_IFBLK, "S_IFBLK"}};
    struct stat status;

    if (!take(line, call, index, type, &status, sizeof(status)))
        return;
    trace_add(line, "{st_mode=");
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if ((status.st_mode & S_IFMT) == kinds[i].kind)
            trace_add(line, "%s|", kinds[i].name);
    }
    trace_add(line, "%#o, st_size=%" PRId64 ", ...}",
              (unsigned int)status.st_mode & 07777, (int64_t)status.st_size);
}

static void print_pair(struct trace_line *line, const struct trace_call *call,
                       unsigned int index, const struct trace_type *type)
{
    int32_t pair[2];

    if (take(line, call, index, type, pair, sizeof(pair)))
        trace_add(line, "[%" PRId32 ", %" PRId32 "]", pair[0], pair[1]);
}

static void print_bound(struct trace_line *line, rlim_t bound)
{
    if (bound == RLIM_INFINITY)
        trace_add(line, "RLIM_INFINITY");
    else
        trace_add(line, "%" PRIu64, (uint64_t)bound);
}

static void print_limit(struct trace_line *line, const struct trace_call *call,
                        unsigned int index, const struct trace_type *type)
{
    struct rlimit limit;

    if (!take(line, call, index, type, &limit, sizeof(limit)))
        return;
    trace_add(line, "{rlim_cur=");
    print_bound(line, limit.rlim_cur);
    trace_add(line, ", rlim_max=");
    print_bound(line, limit.rlim_max);
    trace_add(line, "}");
}

static void print_signals(struct trace_line *line,
                          const struct trace_call *call, unsigned int index,
                          const struct trace_type *type)
{
    const char *separator = "";
    uint64_t set;

    if (!take(line, call, index, type, &set, sizeof(set)))
        return;
    if (set == UINT64_MAX) {
        trace_add(line, "~[]");
        return;
    }
    trace_add(line, "[");
    for (int number = 1; number <= SIGNALS; number++) {
        const char *name = sigabbrev_np(number);

        if ((set >> (number - 1) & 1) == 0)
            continue;
        if (name != NULL)
            trace_add(line, "%s%s", separator, name);
        else
            trace_add(line, "%sRT_%d", separator, number - SIGNALS / 2);
        separator = " ";
    }
    trace_add(line, "]");
}

const struct trace_type trace_path = {.print = print_path};
const struct trace_type trace_buffer_in = {.print = print_buffer_in};
const struct trace_type trace_buffer_out = {.print = print_buffer_out,
                                            .out = true};
const struct trace_type trace_text_out = {.print = print_text_out, .out = true};
const struct trace_type trace_vector_in = {.print = print_vector_in};
const struct trace_type trace_vector_out = {.print = print_vector_out,
                                            .out = true};
const struct trace_type trace_strings = {.print = print_strings};
const struct trace_type trace_time_in = {.print = print_time};
const struct trace_type trace_time_out = {.print = print_time, .out = true};
const struct trace_type trace_stat_out = {.print = print_stat, .out = true};
const struct trace_type trace_pair_out = {.print = print_pair, .out = true};
const struct trace_type trace_limit_in = {.print = print_limit};
const struct trace_type trace_limit_out = {.print = print_limit, .out = true};
const struct trace_type trace_signals_in = {.print = print_signals};
