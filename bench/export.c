/* What all export formats share; see export.h. */
#include "bench/export.h"

#include "bench/words.h"

#include <errno.h>
#include <string.h>

const struct export_format export_formats[] = {
    {"csv", "a row for each figure of each run", export_csv},
    {"hyperfine", "JSON as hyperfine writes it: spawn to exit",
     export_hyperfine},
    {"benchstat", "text as Go's benchmarks print it", export_benchstat},
    {"google", "JSON as Google Benchmark writes it", export_google},
    {"openmetrics", "medians with intervals, as gauges", export_openmetrics},
    {NULL, NULL, NULL},
};

bool export_wants(const struct export_request *request, const char *platform,
                  const char *workload)
{
    return (request->platforms == NULL ||
            words_contain(request->platforms, platform)) &&
           (request->workloads == NULL ||
            words_contain(request->workloads, workload));
}

int export_visit(const struct export_request *request,
                 const struct export_visitor *visitor, struct error *error)
{
    struct result_reader reader;
    struct result_run run;
    int result = results_open(request->directory, &reader, error);

    if (result < 0)
        return result;
    if (visitor->begin != NULL &&
        visitor->begin(visitor->state, &reader.header) < 0)
        result = error_errno(error, ENOMEM, "%s", reader.path);
    while (result == 0 && (result = results_next(&reader, &run, error)) > 0) {
        result = 0;
        if (export_wants(request, run.platform, run.workload) &&
            visitor->run(visitor->state, &reader.header, &run) < 0)
            result = error_errno(error, ENOMEM, "%s", reader.path);
    }
    results_reader_close(&reader);
    return result;
}

static bool is_derived(const char *name)
{
    for (const struct derived_metric *metric = derived_metrics;
         metric->name != NULL; metric++)
        if (strcmp(metric->name, name) == 0)
            return true;
    return false;
}

size_t export_figures(const struct result_header *header,
                      const struct result_run *run,
                      struct result_metric figures[EXPORT_MAX_FIGURES])
{
    const struct result_workload *workload =
        &header->workloads[run->workload_index];
    size_t count = 0;

    if (run->failure != NULL)
        return 0;
    for (const struct derived_metric *metric = derived_metrics;
         metric->name != NULL && count < EXPORT_MAX_FIGURES; metric++) {
        double value = metric->value(run);

        if (derived_metric_applies(metric, workload) && value >= 0)
            figures[count++] =
                (struct result_metric){metric->name, value, metric->unit};
    }
    for (size_t i = 0; i < run->metric_count && count < EXPORT_MAX_FIGURES; i++)
        if (!is_derived(run->metrics[i].name))
            figures[count++] = run->metrics[i];
    return count;
}
