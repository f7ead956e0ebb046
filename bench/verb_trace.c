/*
 * ringside trace: counts the system calls that a command and all that it starts
 * make of the host, and the exits of the virtual machines that it runs. It
 * stands in for the command: standard streams, other descriptors and the exit
 * status are the command's own. The counts go to stderr, or to a file.
 */
#include "bench/trace.h"
#include "bench/verbs.h"
#include "oci/cleanup.h"

#include <inttypes.h>
#include <signal.h>
#include <string.h>

enum { KEY_EXITS = 256, KEY_READY, KEY_FUNCTIONS };

static const struct argp_option options[] = {
    {"output", 'o', "FILE", 0,
     "write the counts there as JSON; on SIGUSR1, those so far", 0},
    {"exits-only", KEY_EXITS, NULL, 0,
     "count exits of virtual machines alone, which slows nothing down", 0},
    {"functions", KEY_FUNCTIONS, NULL, 0,
     "count calls of functions of the host's kernel instead, by its function "
     "tracer (root, tracefs)",
     0},
    {"ready", KEY_READY, NULL, 0,
     "tell apart what was before the line `ringside ready` on stdout", 0},
    {0},
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct trace_request *request = state->input;

    switch (key) {
    case 'o':
        request->report = argument;
        return 0;
    case KEY_EXITS:
        request->calls = false;
        return 0;
    case KEY_FUNCTIONS:
        request->functions = true;
        request->calls = false;
        return 0;
    case KEY_READY:
        request->relay = true;
        return 0;
    case ARGP_KEY_ARGS:
        request->arguments = state->argv + state->next;
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "a command is expected");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    options,
    parse,
    "[--] COMMAND [ARGUMENT...]",
    "Counts the system calls that a command and all that it starts make of "
    "the host, and the exits of virtual machines that they run, whoever made "
    "them.",
    NULL,
    NULL,
    NULL};

struct line {
    const char *name;
    uint64_t count;
};

static int compare_lines(const void *left, const void *right)
{
    const struct line *a = left, *b = right;

    if (a->count != b->count)
        return a->count < b->count ? 1 : -1;
    return strcmp(a->name, b->name);
}

static void print_counts(const char *title, json_t *counts)
{
    size_t count = 0;
    _cleanup_free_ struct line *lines =
        calloc(json_object_size(counts) + 1, sizeof(*lines));
    uint64_t total = 0;
    const char *name;
    json_t *value;

    if (lines == NULL || json_object_size(counts) == 0)
        return;
    json_object_foreach(counts, name, value)
    {
        lines[count] = (struct line){name, (uint64_t)json_integer_value(value)};
        total += lines[count++].count;
    }
    qsort(lines, count, sizeof(*lines), compare_lines);
    fprintf(stderr, "%s: %zu kinds, %" PRIu64 " in all\n", title, count, total);
    for (size_t i = 0; i < count; i++)
        fprintf(stderr, "%12" PRIu64 "  %s\n", lines[i].count, lines[i].name);
}

static void print_functions(const struct trace *trace, json_t *document)
{
    const json_t *lost = json_object_get(document, "functions_lost");

    if (trace->functions == NULL)
        return;
    print_counts(trace->ready ? "functions until ready" : "functions",
                 json_object_get(document, "functions_start"));
    print_counts("functions from then on",
                 json_object_get(document, "functions_work"));
    if (!json_is_integer(lost))
        fprintf(stderr, "the buffer of the tracer could not be read whole\n");
    else if (json_integer_value(lost) > 0)
        fprintf(stderr,
                "calls that the tracer's buffer had no room for: "
                "%" JSON_INTEGER_FORMAT "\n",
                json_integer_value(lost));
}

static int print(const struct trace *trace, struct error *error)
{
    json_t *document = trace_to_json(trace);

    if (document == NULL)
        return error_set(error, ENOMEM, "out of memory");
    print_counts(trace->ready ? "system calls until ready" : "system calls",
                 json_object_get(document, "start"));
    print_counts("system calls from then on",
                 json_object_get(document, "work"));
    print_functions(trace, document);
    if (trace->vcpus > 0)
        fprintf(stderr, "virtual processors: %zu\n", trace->vcpus);
    if (trace->blind > 0)
        fprintf(stderr,
                "virtual processors whose counters could not be had: %zu\n",
                trace->blind);
    print_counts(trace->ready ? "KVM until ready" : "KVM",
                 json_object_get(document, "kvm_start"));
    print_counts("KVM from then on", json_object_get(document, "kvm_work"));
    json_decref(document);
    return 0;
}

int ringside_trace(const struct invocation *invocation, int argc, char **argv,
                   struct error *error)
{
    struct trace_request request = {.calls = true};
    _cleanup_free_ struct trace *trace = malloc(sizeof(*trace));
    int status, result;

    (void)invocation;
    if (trace == NULL)
        return error_set(error, ENOMEM, "out of memory");
    argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &request);
    result = trace_run(&request, trace, &status, error);
    if (result == 0 && request.report == NULL)
        result = print(trace, error);
    trace_release(trace);
    return result < 0 ? result : status;
}
