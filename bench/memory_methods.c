/* Why methods of measuring memory disagree; see memory_methods.h. */
#include "bench/memory_methods.h"

#include "bench/results.h"
#include <errno.h>
#include <string.h>

enum figure {
    PSS,
    USS,
    SHARED,
    CURRENT,
    PEAK,
    KERNEL,
    AVAILABLE,
    GUEST_KERNEL,
    FIGURES
};

static const char *const metrics[FIGURES] = {
    [PSS] = "memory_pss",
    [USS] = "memory_uss",
    [SHARED] = "memory_shared",
    [CURRENT] = "memory_current",
    [PEAK] = "memory_peak",
    [KERNEL] = "memory_kernel",
    [AVAILABLE] = "memory_available",
    [GUEST_KERNEL] = "memory_guest_kernel",
};

/* Medians of one platform, RESULT_ABSENT where there is none. */
struct figures {
    double values[FIGURES];
    double available_low, available_high; /* of the interval */
};

static bool knows(const struct figures *figures, enum figure one,
                  enum figure other)
{
    return figures->values[one] >= 0 && figures->values[other] >= 0;
}

static double shared_pages(const struct figures *figures)
{
    const double *f = figures->values;

    return knows(figures, PSS, USS) && f[SHARED] > 0 ? f[PSS] - f[USS] : 0;
}

static double kernel_memory(const struct figures *figures)
{
    const double *f = figures->values;
    const double more = f[CURRENT] - f[PSS];

    if (!knows(figures, PSS, CURRENT) || f[KERNEL] < 0)
        return 0;
    return more < f[KERNEL] ? more : f[KERNEL];
}

/* What a cgroup is charged with beside the kernel's memory and PSS. */
static double other_charges(const struct figures *figures)
{
    const double *f = figures->values;

    return knows(figures, PSS, CURRENT) && f[KERNEL] >= 0
               ? f[CURRENT] - f[KERNEL] - f[PSS]
               : 0;
}

static double charged_elsewhere(const struct figures *figures)
{
    return -other_charges(figures);
}

static double given_back(const struct figures *figures)
{
    const double *f = figures->values;

    return knows(figures, PEAK, CURRENT) ? f[PEAK] - f[CURRENT] : 0;
}

/* MemAvailable against what is accounted for; 0 within its interval. */
static double uncharged(const struct figures *figures)
{
    const double *f = figures->values;

    return knows(figures, PSS, KERNEL) && f[AVAILABLE] >= 0 &&
                   figures->available_low > f[PSS] + f[KERNEL]
               ? f[AVAILABLE] - f[PSS] - f[KERNEL]
               : 0;
}

static double free_again(const struct figures *figures)
{
    const double *f = figures->values;

    return knows(figures, PSS, KERNEL) && f[AVAILABLE] >= 0 &&
                   figures->available_high >= 0 &&
                   figures->available_high < f[PSS] + f[KERNEL]
               ? f[PSS] + f[KERNEL] - f[AVAILABLE]
               : 0;
}

static double guest_kernel(const struct figures *figures)
{
    const double *f = figures->values;

    if (!knows(figures, PSS, GUEST_KERNEL))
        return 0;
    return f[GUEST_KERNEL] < f[PSS] ? f[GUEST_KERNEL] : f[PSS];
}

static const struct rule {
    enum figure larger, smaller;
    const char *reason; /* its name in summary.json */
    const char *text;
    double (*difference)(const struct figures *figures); /* bytes */
} rules[] = {
    {PSS, USS, "shared",
     "pages that other processes map, too: PSS has a part of each, USS none",
     shared_pages},
    {CURRENT, PSS, "kernel",
     "the kernel's own memory for it is charged to the cgroup and in no process",
     kernel_memory},
    {CURRENT, PSS, "cache",
     "files that were read or are kept in tmpfs, and pages charged ahead (the "
     "kernel charges dozens at a time), are charged and mapped by nobody",
     other_charges},
    {PSS, CURRENT, "charged-before",
     "pages of files that were in memory before are charged to whoever touched "
     "them first",
     charged_elsewhere},
    {PEAK, CURRENT, "given-back",
     "needed to start, and given back before the instance was ready",
     given_back},
    {AVAILABLE, PSS, "uncharged",
     "the host lost more than PSS and kernel memory: what nobody is charged for",
     uncharged},
    {PSS, AVAILABLE, "free-again",
     "the host lost less than PSS and kernel memory: the next instance shares "
     "it, or it can be reclaimed",
     free_again},
    {PSS, GUEST_KERNEL, "guest-kernel",
     "of what the machine holds, the guest's own kernel has that much",
     guest_kernel},
};

enum { RULES = sizeof(rules) / sizeof(rules[0]) };

/* Less than that is not worth a line: bytes, and of the larger figure. */
#define LEAST_BYTES 16384.0
#define LEAST_SHARE 0.02

static double number_of(const json_t *cell, const char *member)
{
    const json_t *value = json_object_get(cell, member);

    return json_is_number(value) ? json_number_value(value) : RESULT_ABSENT;
}

static bool is_of(const json_t *cell, const char *member, const char *name)
{
    const char *value = json_string_value(json_object_get(cell, member));

    return value != NULL && strcmp(value, name) == 0;
}

/* The figures of a cell's platform and workload. */
static void collect(const json_t *cells, const char *platform,
                    const char *workload, struct figures *figures)
{
    const json_t *cell;
    size_t index;

    for (size_t i = 0; i < FIGURES; i++)
        figures->values[i] = RESULT_ABSENT;
    figures->available_low = figures->available_high = RESULT_ABSENT;
    json_array_foreach(cells, index, cell)
    {
        if (!is_of(cell, "platform", platform) ||
            !is_of(cell, "workload", workload))
            continue;
        for (size_t i = 0; i < FIGURES; i++) {
            if (is_of(cell, "metric", metrics[i]))
                figures->values[i] = number_of(cell, "median");
        }
        if (is_of(cell, "metric", metrics[AVAILABLE])) {
            figures->available_low = number_of(cell, "low");
            figures->available_high = number_of(cell, "high");
        }
    }
}

static int add_rules(json_t *list, const char *platform, const char *workload,
                     const struct figures *figures)
{
    for (size_t i = 0; i < RULES; i++) {
        const struct rule *rule = &rules[i];
        const double difference = rule->difference(figures);

        if (difference < LEAST_BYTES ||
            difference < LEAST_SHARE * figures->values[rule->larger])
            continue;
        if (json_array_append_new(
                list,
                json_pack("{s:s, s:s, s:s, s:s, s:I, s:s}", "platform",
                          platform, "workload", workload, "larger",
                          metrics[rule->larger], "smaller",
                          metrics[rule->smaller], "difference",
                          (json_int_t)difference, "reason", rule->reason)) < 0)
            return -ENOMEM;
    }
    return 0;
}

/* Platform and workload of a cell that has memory by the first method. */
static bool is_idle(const json_t *cell, const char **platform,
                    const char **workload)
{
    *platform = json_string_value(json_object_get(cell, "platform"));
    *workload = json_string_value(json_object_get(cell, "workload"));
    return *platform != NULL && *workload != NULL &&
           is_of(cell, "metric", metrics[PSS]) &&
           number_of(cell, "median") >= 0;
}

json_t *memory_methods_to_json(const json_t *cells)
{
    json_t *list = json_array();
    const char *platform, *workload;
    const json_t *cell;
    size_t index;

    json_array_foreach(cells, index, cell)
    {
        struct figures figures;

        if (!is_idle(cell, &platform, &workload))
            continue;
        collect(cells, platform, workload, &figures);
        if (list == NULL || add_rules(list, platform, workload, &figures) < 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

const char *memory_methods_reason(const char *reason)
{
    for (size_t i = 0; i < RULES; i++) {
        if (strcmp(rules[i].reason, reason) == 0)
            return rules[i].text;
    }
    return "";
}
