/*
 * The record of a session in the formats of other tools. Each format is a
 * file of its own and a row of export_formats; all read results.jsonl alone.
 */
#ifndef RINGSIDE_BENCH_EXPORT_H
#define RINGSIDE_BENCH_EXPORT_H

#include "bench/results.h"
#include "bench/summary_collect.h"

#include <stdio.h>

/* What to export; empty lists (NULL) leave nothing out. */
struct export_request {
    const char *directory;
    char *const *platforms; /* names, NULL-terminated */
    char *const *workloads;
};

/*
 * Writes the record to file. Errors: those of results_open and results_next,
 * -ENOMEM; what became of the writing itself is for the caller to ask.
 */
typedef int export_function(const struct export_request *request, FILE *file,
                            struct error *error);

struct export_format {
    const char *name;
    const char *summary;
    export_function *write;
};

/* Ended by a NULL name. */
extern const struct export_format export_formats[];

/* A row for each figure of each run; failed runs have a row of their own. */
export_function export_csv;
/* What hyperfine --export-json writes: seconds from spawn to exit. */
export_function export_hyperfine;
/* Go's benchmark format, a line for each good run. */
export_function export_benchstat;
/* What Google Benchmark's --benchmark_format=json writes. */
export_function export_google;
/* Medians with their intervals, as gauges. */
export_function export_openmetrics;

/*
 * Gets the header (begin may be NULL), then each run in the order of the
 * record. Both return 0 or -ENOMEM.
 */
struct export_visitor {
    int (*begin)(void *state, const struct result_header *header);
    int (*run)(void *state, const struct result_header *header,
               const struct result_run *run);
    void *state;
};

/* Visits each run that was asked for, good or failed. */
int export_visit(const struct export_request *request,
                 const struct export_visitor *visitor, struct error *error);

/* Is this cell asked for? */
bool export_wants(const struct export_request *request, const char *platform,
                  const char *workload);

/*
 * The figures of a run, none of one that failed: the derived metrics that apply
 * to its workload and have a value, then what the workload reported. Returns
 * how many; at most EXPORT_MAX_FIGURES.
 */
enum { EXPORT_MAX_FIGURES = RESULT_MAX_METRICS + 16 };

size_t export_figures(const struct result_header *header,
                      const struct result_run *run,
                      struct result_metric figures[EXPORT_MAX_FIGURES]);

#endif
