/*
 * What a platform and workload cost by operation; see observe.h. Two runs: one
 * whose cgroup is read when the program is ready and when it has ended, so that
 * the start is left out; and one in which KVM's counters are had from whatever
 * virtual machine it makes (trace_kvm.h).
 */
#include "bench/clock.h"
#include "bench/costs.h"
#include "bench/files.h"
#include "bench/observe.h"
#include "bench/results_format.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static const char elsewhere[] =
    "the platform works in processes that were there before the run";
static const char no_cgroup[] = "no cgroup could be made for the run";
static const char no_count[] =
    "the workload does not tell how many operations it did";
static const char mixed[] =
    "the run measured operations of another kind as well";
static const char blind[] =
    "KVM did not tell its counters (Linux 5.14 or later does)";

/* What a run has used at its turning points; RESULT_ABSENT: not known. */
struct usage_run {
    struct run_observer observer;
    const struct containment *containment;
    int64_t ready_ns, end_ns; /* processor time */
    int64_t guest_ns;
};

static int64_t processor_time(const struct containment *containment)
{
    if (containment == NULL || !containment->has_cgroups)
        return RESULT_ABSENT;
    return containment_processor_time(containment);
}

/*
 * Fields 43 and 44 of proc(5): time spent running virtual processors, of a
 * process and of the children that it waited for, in clock ticks.
 */
static int64_t guest_time(pid_t command)
{
    char path[64], text[1024];
    const char *fields;
    long long own, children;

    snprintf(path, sizeof(path), "/proc/%d/stat", (int)command);
    if (file_read(path, text, sizeof(text)) <= 0 ||
        (fields = strrchr(text, ')')) == NULL)
        return RESULT_ABSENT;
    if (sscanf(fields + 1,
               " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d "
               "%*d %*d %*d %*d %*u %*u %*d %*u %*u %*u %*u %*u %*u %*u %*u "
               "%*u %*u %*u %*u %*u %*d %*d %*u %*u %*u %lld %lld",
               &own, &children) != 2 ||
        own < 0 || children < 0)
        return RESULT_ABSENT;
    return (own + children) * (NS_PER_SECOND / sysconf(_SC_CLK_TCK));
}

static void at_ready(struct run_observer *observer,
                     const struct containment *containment)
{
    struct usage_run *run = (struct usage_run *)observer;

    run->containment = containment;
    run->ready_ns = processor_time(containment);
}

static void at_exit(struct run_observer *observer, pid_t command)
{
    struct usage_run *run = (struct usage_run *)observer;

    run->end_ns = processor_time(run->containment);
    run->guest_ns = guest_time(command);
}

/* The operations that a run did from its ready line on; 0: not told. */
static double operations_of(const struct result_run *run)
{
    for (size_t i = 0; i < run->metric_count; i++) {
        if (strcmp(run->metrics[i].name, "operations") == 0)
            return run->metrics[i].value;
    }
    return 0;
}

/* Whether operations of one kind alone were measured. */
static bool is_of_one_kind(const struct result_run *run)
{
    static const char suffix[] = "_time_per_operation";

    for (size_t i = 0; i < run->metric_count; i++) {
        const char *name = run->metrics[i].name;
        size_t length = strlen(name);

        if (length >= strlen(suffix) &&
            strcmp(name + length - strlen(suffix), suffix) == 0)
            return false;
    }
    return true;
}

static void add_processor_time(const struct usage_run *usage,
                               const struct result_run *run,
                               struct result_run *costs)
{
    const double operations = operations_of(run);
    const char *why = NULL;

    if (operations <= 0)
        why = no_count;
    else if (!is_of_one_kind(run))
        why = mixed;
    else if (usage->ready_ns < 0 || usage->end_ns < usage->ready_ns)
        why = no_cgroup;
    if (why == NULL)
        cost_add(costs, "cpu_per_operation",
                 (double)(usage->end_ns - usage->ready_ns) / operations);
    else
        cost_add_missing(costs, "cpu_per_operation", why);
}

/* Page faults and context switches of the whole run, its start too. */
static void add_events(const struct result_run *run, struct result_run *costs)
{
    static const char *const names[][2] = {
        {"page_faults_minor", "page_faults_minor_per_operation"},
        {"page_faults_major", "page_faults_major_per_operation"},
        {"context_switches_voluntary",
         "context_switches_voluntary_per_operation"},
        {"context_switches_involuntary",
         "context_switches_involuntary_per_operation"},
    };
    const double operations = operations_of(run);

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const struct result_cost *cost = cost_find(run, names[i][0]);

        if (cost != NULL && cost->value >= 0 && operations > 0)
            cost_add(costs, names[i][1], cost->value / operations);
    }
}

static int observe_usage(const struct observed *observed,
                         struct result_run *costs, struct error *error)
{
    struct experiment *experiment = observed->experiment;
    const struct result_run *run = &experiment->record->run;
    struct usage_run usage = {
        .observer = {.ready = at_ready, .exited = at_exit},
        .ready_ns = RESULT_ABSENT,
        .end_ns = RESULT_ABSENT,
        .guest_ns = RESULT_ABSENT,
    };
    int result;

    experiment->context.observer = &usage.observer;
    result = run_once(&experiment->context, observed->participant,
                      observed->workload, observed->index, experiment->record,
                      error);
    experiment->context.observer = NULL;
    if (result < 0 || run->failure != NULL)
        return result;
    cost_add(costs, "cpu_guest", (double)usage.guest_ns);
    if (observed->workload->group->timed) {
        add_processor_time(&usage, run, costs);
        add_events(run, costs);
    }
    return 0;
}

/* Which of KVM's counters is which reason for an exit. */
static const struct exit_reason {
    const char *counter, *cost, *cost_per_operation;
} reasons[] = {
#define REASON(counter, name)                                        \
    {                                                                \
        counter, "kvm_exits" name, "kvm_exits" name "_per_operation" \
    }
    REASON("exits", ""),
    REASON("io_exits", "_io"),
    REASON("mmio_exits", "_mmio"),
    REASON("halt_exits", "_halt"),
    REASON("irq_exits", "_irq"),
    REASON("signal_exits", "_signal"),
    REASON("hypercalls", "_hypercall"),
    REASON("irq_window_exits", "_irq_window"),
    REASON("nmi_window_exits", "_nmi_window"),
    REASON("request_irq_exits", "_request_irq"),
    REASON("insn_emulation", "_emulated"),
    REASON("pf_taken", "_page_fault"),
#undef REASON
};

static int64_t count_of(const json_t *report, const char *member,
                        const char *counter)
{
    return json_integer_value(
        json_object_get(json_object_get(report, member), counter));
}

static void add_exits(const json_t *report, const struct result_run *run,
                      struct result_run *costs)
{
    const double operations = operations_of(run);

    for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
        const struct exit_reason *reason = &reasons[i];
        const int64_t work = count_of(report, "kvm_work", reason->counter);
        const int64_t all =
            work + count_of(report, "kvm_start", reason->counter);

        if (all == 0)
            continue;
        cost_add(costs, reason->cost, (double)all);
        if (operations > 0)
            cost_add(costs, reason->cost_per_operation,
                     (double)work / operations);
    }
}

static int observe_exits(const struct observed *observed,
                         struct result_run *costs, struct error *error)
{
    const struct result_run *run = &observed->experiment->record->run;
    struct traced_run traced;
    int result = traced_run(observed, TRACED_EXITS, &traced, error);

    if (result == 0 && run->failure == NULL && traced.report != NULL) {
        if (json_integer_value(json_object_get(traced.report, "blind")) > 0)
            cost_add_missing(costs, "kvm_exits", blind);
        else
            add_exits(traced.report, run, costs);
    }
    traced_run_release(&traced);
    return result;
}

static int make_line(const struct observed *observed, int repetition,
                     const struct result_run *costs, json_t **line,
                     struct error *error)
{
    int result;

    if (costs->cost_count == 0)
        return 0;
    *line =
        json_pack("{s:s, s:i, s:s, s:s}", "type", "costs", "repetition",
                  repetition, "platform", observed->participant->platform->name,
                  "workload", observed->workload->name);
    if (*line == NULL)
        return error_set(error, ENOMEM, "out of memory");
    result = costs_encode(costs, *line, error);
    if (result < 0) {
        json_decref(*line);
        *line = NULL;
    }
    return result;
}

int observe_costs(const struct observed *observed, int repetition,
                  json_t **line, struct error *error)
{
    struct result_run costs = RESULT_RUN_INIT;
    int result = 0;

    *line = NULL;
    if (observed->participant->platform->elsewhere) {
        cost_add_missing(&costs, "cpu_guest", elsewhere);
        if (observed->workload->group->timed)
            cost_add_missing(&costs, "cpu_per_operation", elsewhere);
    } else {
        result = observe_usage(observed, &costs, error);
        if (result == 0)
            result = observe_exits(observed, &costs, error);
    }
    return result == 0 ? make_line(observed, repetition, &costs, line, error)
                       : result;
}
