/*
 * What summary.json is computed from: the values of every (platform, workload)
 * cell, gathered in one pass over results.jsonl.
 */
#ifndef RINGSIDE_BENCH_SUMMARY_COLLECT_H
#define RINGSIDE_BENCH_SUMMARY_COLLECT_H

#include "bench/results.h"

struct sample {
    int32_t block; /* at most RESULT_MAX_RUNS */
    bool flagged;  /* the run has flags (flags.h) */
    double value;
};

/* The values of one metric in one cell. */
struct series {
    char *metric;
    char *unit;
    bool mixed_units;       /* runs disagreed on the unit: no use */
    bool inner;             /* by the workload's own clock */
    char *why;              /* a run that lacked it told why; NULL: none did */
    struct sample *samples; /* by block */
    size_t count, capacity;
};

/* How many good runs had this digest; digest NULL: reported none. */
struct digest_count {
    char *digest;
    size_t runs;
};

/* One (platform, workload). */
struct cell_record {
    const char *start; /* kind of start; NULL: no run */
    size_t good, failures;
    size_t flagged;      /* of the good ones */
    char *first_failure; /* NULL: none */
    /*
     * What the clock inside was off by: (inner - outer) / outer, in the runs
     * where both are known; how many of them were flagged for it; the sum of
     * what was allowed.
     */
    struct series clock;
    size_t clock_flagged;
    double clock_bounds;
    struct series *series;
    size_t series_count;
    size_t next_series; /* where the next value most likely goes */
    struct digest_count *digests;
    size_t digest_count;
};

/* A run's place in the order of runs. */
struct turn {
    int32_t block, position;
    uint16_t platform, workload;
    double value; /* of the judged metric; RESULT_ABSENT */
};

struct collection {
    struct result_reader reader; /* header, complete, runs */
    struct cell_record *cells;   /* by platform, then workload */
    struct turn *turns;          /* by block, then position */
    size_t turn_count, turn_capacity;
    size_t failures;
    size_t flagged;      /* good runs with flags */
    size_t by_flag[8];   /* in the order of run_flag_names */
    json_t *failed_runs; /* the array of summary.json */
};

/*
 * A metric that the harness measures by itself. A workload's metric of the
 * same name is passed over.
 */
struct derived_metric {
    const char *name;
    const char *unit;
    bool idle, other; /* for workloads of group idle; of another group */
    /* Its value, or RESULT_ABSENT. */
    double (*value)(const struct result_run *run);
};

/* The table of them, ended by a NULL name. */
extern const struct derived_metric derived_metrics[];

/* Is there a derived metric of this name? */
bool derived_metric_named(const char *name);

/* Is it measured for workloads of this group? */
bool derived_metric_applies(const struct derived_metric *metric,
                            const struct result_workload *workload);

/*
 * Reads DIRECTORY/results.jsonl. Errors: those of results_open and
 * results_next, -ENOMEM; on failure *collection needs no release.
 */
int collection_read(const char *directory, struct collection *collection,
                    struct error *error);

void collection_release(struct collection *collection);

struct cell_record *collection_cell(const struct collection *collection,
                                    size_t platform, size_t workload);

/*
 * Adds a cost of a run to its cell; one without a value, why there is none: the
 * cell says so where no run had it. Errors: -ENOMEM, -E2BIG.
 */
int collection_take_cost(struct cell_record *cell,
                         const struct result_cost *cost,
                         const struct result_run *run);

/* The series of a metric in a cell, or NULL. */
struct series *cell_series(const struct cell_record *cell, const char *metric);

#endif
