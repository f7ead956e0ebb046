/* An instance of the function tracer; see function_trace.h. */
#include "bench/function_trace.h"

#include "bench/clock.h"
#include "bench/files.h"
#include "bench/function_events.h"
#include "bench/kernel_symbols.h"
#include "bench/words.h"
#include "oci/cleanup.h"

#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>

#define INSTANCE_PREFIX "ringside-"

enum {
    BUFFER_TOTAL = 64 << 10, /* KiB, of all processors together */
    BUFFER_LEAST = 1 << 10,  /* of one */
    BUFFER_MOST = 16 << 10,
    PAGES_AT_ONCE = 64, /* of one processor, before another's turn */
    MAX_PROCESSORS = 1024,
    DEFAULT_PAGE = 4096,
};

struct function_trace {
    char *instance; /* its directory; NULL: not made */
    struct kernel_symbols symbols;
    int pipes[MAX_PROCESSORS]; /* trace_pipe_raw of each processor */
    int processors[MAX_PROCESSORS];
    size_t count;
    size_t page_size;
    bool stopped;
    int64_t lost;
    uint8_t page[FUNCTION_PAGE_MAX];
    struct function_counts counts;
};

/* Where tracefs is mounted, or NULL. Opening the second may mount it. */
static const char *tracefs(void)
{
    static const char *const places[] = {"/sys/kernel/tracing",
                                         "/sys/kernel/debug/tracing"};

    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        char path[64];

        snprintf(path, sizeof(path), "%s/available_tracers", places[i]);
        if (access(path, R_OK) == 0)
            return places[i];
    }
    return NULL;
}

/* Whether a word is among those of a line of text. */
static bool has_word(const char *text, const char *word)
{
    const size_t length = strlen(word);

    for (; *text != '\0'; text += strcspn(text, " \n")) {
        text += strspn(text, " \n");
        if (strncmp(text, word, length) == 0 &&
            strchr(" \n", text[length]) != NULL)
            return true;
    }
    return false;
}

int function_trace_check(struct error *error)
{
    const char *root;
    char path[64], tracers[512];
    int64_t enabled;

    if (geteuid() != 0)
        return error_set(error, EACCES,
                         "functions of the kernel are shown to root alone");
    root = tracefs();
    if (root == NULL)
        return error_set(error, ENOENT,
                         "tracefs is not mounted (mount -t tracefs tracefs "
                         "/sys/kernel/tracing)");
    snprintf(path, sizeof(path), "%s/available_tracers", root);
    if (file_read(path, tracers, sizeof(tracers)) < 0 ||
        !has_word(tracers, "function"))
        return error_set(error, ENOTSUP,
                         "this kernel has no function tracer "
                         "(CONFIG_FUNCTION_TRACER)");
    if (file_read_number("/proc/sys/kernel/ftrace_enabled", &enabled) == 0 &&
        enabled == 0)
        return error_set(error, ENOTSUP,
                         "the function tracer is turned off "
                         "(kernel.ftrace_enabled)");
    return 0;
}

static int write_file(const struct function_trace *trace, const char *name,
                      const char *text, struct error *error)
{
    _cleanup_free_ char *path = text_format("%s/%s", trace->instance, name);
    const int result = path == NULL ? -ENOMEM : file_write(path, text);

    return result < 0
               ? error_errno(error, -result, "%s: %s", trace->instance, name)
               : 0;
}

static int open_pipes(struct function_trace *trace, struct error *error)
{
    const long all = sysconf(_SC_NPROCESSORS_CONF);

    for (int i = 0; i < all && i < MAX_PROCESSORS; i++) {
        _cleanup_free_ char *path =
            text_format("%s/per_cpu/cpu%d/trace_pipe_raw", trace->instance, i);
        const int fd =
            path == NULL ? -1 : open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);

        if (fd < 0 && errno == ENOENT)
            continue; /* a processor that could be there and is not */
        if (fd < 0)
            return error_errno(error, errno, "%s", path);
        trace->processors[trace->count] = i;
        trace->pipes[trace->count++] = fd;
    }
    return trace->count > 0
               ? 0
               : error_set(error, ENODEV, "%s: no buffers", trace->instance);
}

/* Larger pages than usual are told from Linux 6.8 on, in KiB. */
static size_t page_size(const char *root)
{
    char path[96];
    int64_t size;

    snprintf(path, sizeof(path), "%s/buffer_subbuf_size_kb", root);
    if (file_read_number(path, &size) < 0 || size <= 0 ||
        size > FUNCTION_PAGE_MAX / 1024)
        return DEFAULT_PAGE;
    return (size_t)size * 1024;
}

static int set_up(struct function_trace *trace, pid_t process,
                  struct error *error)
{
    const long processors = sysconf(_SC_NPROCESSORS_CONF);
    long size = BUFFER_TOTAL / (processors > 0 ? processors : 1);
    char pid[16], buffer[16];
    const struct {
        const char *file, *text;
    } settings[] = {
        {"trace_clock", "mono"},    {"buffer_size_kb", buffer},
        {"options/overwrite", "0"}, {"options/function-fork", "1"},
        {"set_ftrace_pid", pid},    {"current_tracer", "function"},
    };

    size = size < BUFFER_LEAST ? BUFFER_LEAST : size;
    size = size > BUFFER_MOST ? BUFFER_MOST : size;
    snprintf(pid, sizeof(pid), "%d", (int)process);
    snprintf(buffer, sizeof(buffer), "%ld", size);
    for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
        const int result =
            write_file(trace, settings[i].file, settings[i].text, error);

        if (result < 0)
            return result;
    }
    return open_pipes(trace, error);
}

int function_trace_start(pid_t process, struct function_trace **made,
                         struct error *error)
{
    struct function_trace *trace;
    int result = function_trace_check(error);

    if (result < 0)
        return result;
    function_trace_sweep();
    trace = calloc(1, sizeof(*trace));
    if (trace == NULL)
        return error_set(error, ENOMEM, "out of memory");
    trace->counts.ready_ns = INT64_MAX;
    trace->page_size = page_size(tracefs());
    result = kernel_symbols_load("/proc/kallsyms", &trace->symbols, error);
    if (result == 0) {
        trace->instance = text_format("%s/instances/" INSTANCE_PREFIX "%d",
                                      tracefs(), (int)getpid());
        if (trace->instance == NULL)
            result = error_set(error, ENOMEM, "out of memory");
        else if (mkdir(trace->instance, 0700) < 0)
            result = error_errno(error, errno, "%s", trace->instance);
    }
    if (result == 0)
        result = set_up(trace, process, error);
    /* So that the ready line is seen at once, where the kernel lets us. */
    sched_setscheduler(0, SCHED_FIFO, &(struct sched_param){1});
    if (result == 0)
        *made = trace;
    else
        function_trace_end(trace);
    return result;
}

/* Takes what is known well enough out of the trace. */
static void take_out(struct function_trace *trace)
{
    _cleanup_free_ char *path =
        text_format("%s/set_ftrace_notrace", trace->instance);
    _cleanup_close_ int fd =
        path == NULL ? -1 : open(path, O_WRONLY | O_APPEND | O_CLOEXEC);

    for (size_t i = 0; i < trace->counts.known_count; i++) {
        const char *name =
            kernel_symbols_find(&trace->symbols, trace->counts.known[i]);

        /* One that cannot be taken out just goes on being counted. */
        if (name != NULL && fd >= 0 &&
            (write(fd, name, strlen(name)) < 0 || write(fd, " ", 1) < 0))
            continue;
    }
    trace->counts.known_count = 0;
}

/* Reads at most so many pages of a processor; false: there were no more. */
static bool read_pages(struct function_trace *trace, int pipe, size_t most)
{
    for (size_t i = 0; i < most; i++) {
        const ssize_t n = read(pipe, trace->page, trace->page_size);

        if (n <= 0)
            return false;
        function_counts_take(&trace->counts, trace->page, (size_t)n);
    }
    return true;
}

static bool read_all(struct function_trace *trace)
{
    bool more = false;

    for (size_t i = 0; i < trace->count; i++)
        more |= read_pages(trace, trace->pipes[i], PAGES_AT_ONCE);
    return more;
}

void function_trace_read(struct function_trace *trace)
{
    if (trace->stopped)
        return;
    read_all(trace);
    if (trace->counts.known_count > 0)
        take_out(trace);
}

void function_trace_ready(struct function_trace *trace)
{
    _cleanup_free_ char *path =
        text_format("%s/set_ftrace_notrace", trace->instance);

    trace->counts.ready_ns = clock_now();
    /* Opened to be written anew the list is empty: all are looked at again. */
    if (path != NULL)
        close(open(path, O_WRONLY | O_TRUNC | O_CLOEXEC));
}

/* What did not fit: counted one way or the other, by the buffer's mode. */
static int64_t lost_on(const struct function_trace *trace, int processor)
{
    _cleanup_free_ char *path =
        text_format("%s/per_cpu/cpu%d/stats", trace->instance, processor);
    char text[1024];
    int64_t overrun, dropped;

    if (path == NULL || file_read(path, text, sizeof(text)) < 0 ||
        field_number(text, "overrun", &overrun) < 0 ||
        field_number(text, "dropped events", &dropped) < 0)
        return -1;
    return overrun + dropped;
}

void function_trace_stop(struct function_trace *trace)
{
    struct error ignored = {0};

    if (trace->stopped)
        return;
    write_file(trace, "tracing_on", "0", &ignored);
    while (read_all(trace))
        continue;
    for (size_t i = 0; i < trace->count && trace->lost >= 0; i++) {
        const int64_t lost = lost_on(trace, trace->processors[i]);

        trace->lost = lost < 0 ? -1 : trace->lost + lost;
    }
    if (trace->counts.garbled)
        trace->lost = -1;
    trace->stopped = true;
}

json_t *function_trace_to_json(const struct function_trace *trace,
                               enum trace_phase phase)
{
    json_t *object = json_object();

    for (size_t i = 0; object != NULL && i < FUNCTION_SLOTS; i++) {
        const struct function_count *slot = &trace->counts.slots[i];
        const char *name;
        json_int_t count;

        if (slot->counts[phase] == 0)
            continue;
        name = kernel_symbols_find(&trace->symbols, slot->address);
        if (name == NULL)
            name = "unknown";
        /* Some functions of different files have the same name. */
        count = json_integer_value(json_object_get(object, name)) +
                (json_int_t)slot->counts[phase];
        if (json_object_set_new(object, name, json_integer(count)) < 0) {
            json_decref(object);
            return NULL;
        }
    }
    return object;
}

int64_t function_trace_lost(const struct function_trace *trace)
{
    return trace->lost;
}

void function_trace_end(struct function_trace *trace)
{
    if (trace == NULL)
        return;
    for (size_t i = 0; i < trace->count; i++)
        close(trace->pipes[i]);
    if (trace->instance != NULL)
        rmdir(trace->instance);
    free(trace->instance);
    kernel_symbols_release(&trace->symbols);
    free(trace);
}

void function_trace_sweep(void)
{
    const char *root = geteuid() == 0 ? tracefs() : NULL;
    _cleanup_free_ char *path =
        root == NULL ? NULL : text_format("%s/instances", root);
    _cleanup_directory_ DIR *instances = path == NULL ? NULL : opendir(path);
    const struct dirent *entry;

    while (instances != NULL && (entry = readdir(instances)) != NULL) {
        int tracer;

        if (sscanf(entry->d_name, INSTANCE_PREFIX "%d", &tracer) == 1 &&
            tracer > 0 && kill(tracer, 0) < 0 && errno == ESRCH)
            unlinkat(dirfd(instances), entry->d_name, AT_REMOVEDIR);
    }
}
