/*
 * What the report is drawn from: summary.json, and out of results.jsonl the
 * single values behind its medians. Everything here has been checked; strings
 * are still hostile text that must be escaped where they are written.
 * Source: docs/results.md, schema 1.
 */
#ifndef RINGSIDE_REPORT_RECORD_H
#define RINGSIDE_REPORT_RECORD_H

#include "oci/error.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* In the order in which the page shows them. */
enum workload_group {
    GROUP_START,
    GROUP_CPU,
    GROUP_MEMORY,
    GROUP_KERNEL,
    GROUP_FILES,
    GROUP_MACRO,
    GROUP_IDLE,
    GROUP_OWN,
    GROUPS,
};

enum verdict_word {
    WORD_NONE, /* nothing to compare with */
    WORD_FASTER,
    WORD_SLOWER,
    WORD_EQUIVALENT,
    WORD_INCONCLUSIVE,
};

/* A median and its 95 % interval; without one low and high are the median. */
struct figure {
    size_t n; /* 0: there is no figure */
    double median;
    bool has_interval;
    double low, high;
};

struct platform_entry {
    const char *name;
    const char *title;
    const char *class_name;
    const char *version; /* NULL when unknown */
    bool control;        /* the second native run */
    bool floor;          /* the least its class can cost; nobody's choice */
    bool left_out;       /* it could not take part */
    json_t *differs;     /* array of strings, or NULL */
};

struct workload_entry {
    const char *name;
    const char *title;
    enum workload_group group;
    const char *judged_by; /* the metric of its raw values */
};

/* One metric of one workload on one platform. */
struct cell {
    const struct platform_entry *platform;
    const struct workload_entry *workload;
    const char *start; /* kind of start: "cold" unless said otherwise */
    const char *metric;
    const char *unit; /* never NULL, "" when unknown */
    bool higher_is_better;
    bool primary;
    size_t failures;
    struct figure value;     /* in unit */
    double minimum, maximum; /* NAN where not known */
    struct figure ratio;     /* to native, paired by block */
    enum verdict_word verdict;
    const char *why; /* why there is no figure, or NULL */
};

/* The judged value of one good run. */
struct raw_value {
    const struct platform_entry *platform;
    const struct workload_entry *workload;
    int64_t block;
    size_t order; /* of the run in the session, from 0 */
    bool flagged; /* the host was not itself: see docs/results.md, flags */
    double value; /* unit of the cell: ns, bytes or the metric's own */
};

/* So many instances at a time; what is not known is NAN. */
struct density_point {
    double instances;
    double latency; /* ns: of the start of the last one */
    double memory;  /* bytes for each: PSS, and what the kernel holds */
};

struct density_series {
    const struct platform_entry *platform;
    struct density_point *points; /* rising instances */
    size_t count;
    const char *stopped; /* why there are no more, or NULL */
};

/* What a workload reached of the host's kernel; not known is NAN. */
struct surface_entry {
    const struct platform_entry *platform;
    const struct workload_entry *workload;
    double distinct, total;             /* system calls while it works */
    double start_distinct, start_total; /* those before it was ready */
    double kernel_functions;
    const char *why; /* why something is not known, or NULL */
};

struct record {
    json_t *document; /* summary.json, owner of every string below */
    json_t *header;
    bool complete;
    int64_t runs, failures;
    double band; /* half-width of equivalence, 0.03 */
    struct platform_entry *platforms;
    size_t platform_count;
    struct workload_entry *workloads;
    size_t workload_count;
    struct cell *cells;
    size_t cell_count;
    struct raw_value *raw; /* by workload, platform and block */
    size_t raw_count;
    struct density_series *density;
    size_t density_count;
    struct surface_entry *surface;
    size_t surface_count;
    size_t runs_seen;        /* of results.jsonl, good and failed */
    size_t flagged_runs;     /* of them */
    bool has_raw;            /* results.jsonl was there */
    size_t unreadable_lines; /* of results.jsonl, passed over */
};

/*
 * Reads both files. A missing results.jsonl and unreadable lines in it are no
 * error: the medians stand without it. Errors: see report_render. On failure
 * *record holds nothing; else the caller releases it with record_release.
 */
int record_load(const char *directory, struct record *record,
                struct error *error);

/* Frees what record_load allocated; a zeroed record is fine. */
void record_release(struct record *record);

/* The first half of record_load: summary.json into a zeroed record. */
int record_load_summary(const char *directory, struct record *record,
                        struct error *error);

/*
 * The members of summary.json beside its cells: density, surface. Absent ones
 * leave nothing. Errors as for record_load.
 */
int record_load_extras(struct record *record, struct error *error);

/* The second half: the values of results.jsonl. */
int record_load_raw(const char *directory, struct record *record,
                    struct error *error);

/* Puts the values in the order that the record keeps them in. */
void record_sort_raw(struct record *record);

/*
 * The values of a platform's runs of a workload in the order of their blocks,
 * which the record keeps; NULL and *count 0 when there are none.
 */
const struct raw_value *record_values(const struct record *record,
                                      const struct workload_entry *workload,
                                      const struct platform_entry *platform,
                                      size_t *count);

/* The entry of that name, or NULL. */
const struct platform_entry *record_platform(const struct record *record,
                                             const char *name);
const struct workload_entry *record_workload(const struct record *record,
                                             const char *name);

/* The cell of that metric (NULL: the primary one), or NULL. */
const struct cell *record_cell(const struct record *record,
                               const struct platform_entry *platform,
                               const struct workload_entry *workload,
                               const char *metric);

/*
 * What two native runs of a workload differ by: the interval of their ratio.
 * 1 to 1 when that is not known.
 */
void record_noise_floor(const struct record *record,
                        const struct workload_entry *workload, double *low,
                        double *high);

/*
 * What else a workload says an operation costs: the metrics besides the
 * primary one whose names end in "_time_per_operation". Fills at most max
 * names and returns how many.
 */
size_t record_other_costs(const struct record *record,
                          const struct workload_entry *workload,
                          const char **metrics, size_t max);

/* A string of the header by key, or the fallback. */
const char *record_header_text(const struct record *record, const char *key,
                               const char *fallback);

/* Is it a native process, and not the control? */
bool platform_is_native(const struct platform_entry *platform);

/* Does it share the host's kernel, in namespaces of its own? */
bool platform_is_container(const struct platform_entry *platform);

/* Does the platform run its program inside a virtual machine? */
bool platform_is_virtual(const struct platform_entry *platform);

/*
 * Does every start of the platform begin from nothing? What a pool or a
 * snapshot made ready before is no match for a cold start.
 */
bool record_starts_cold(const struct record *record,
                        const struct platform_entry *platform);

/* The first native process that is not the control, or NULL; the control. */
const struct platform_entry *record_native(const struct record *record);
const struct platform_entry *record_control(const struct record *record);

#endif
