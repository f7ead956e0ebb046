/* The plan of a session by its pilot; see pilot.h. */
#include "bench/pilot.h"

#include "bench/summary_view.h"
#include "oci/cleanup.h"

#include <math.h>

int64_t pilot_blocks(double median, double low, double high, size_t n,
                     double precision)
{
    double width, blocks;

    if (median <= 0 || n == 0)
        return 0;
    width = (high - low) / 2 / median;
    blocks = ceil((double)n * pow(width / precision, 2));
    return blocks < RESULT_MAX_RUNS ? (int64_t)blocks : RESULT_MAX_RUNS;
}

static int plan_cell(const struct workload_view *view, int platform,
                     struct pilot_plan *plan)
{
    struct estimate estimate;
    size_t n;
    int64_t blocks;
    _cleanup_free_ double *values =
        view_values(view, platform, judged_metric(view->workload), false, &n);

    if (values == NULL)
        return -ENOMEM;
    estimate_compute(values, n, &estimate);
    if (!estimate.has_interval)
        return 0;
    blocks = pilot_blocks(estimate.median, estimate.interval.low,
                          estimate.interval.high, n, plan->precision);
    if (blocks <= plan->blocks)
        return 0;
    plan->blocks = blocks;
    snprintf(plan->widest, sizeof(plan->widest), "%s on %s",
             view->workload->name, view->header->platforms[platform].name);
    return 0;
}

int pilot_plan(const char *directory, double precision, struct pilot_plan *plan,
               struct error *error)
{
    struct collection collection;
    int result = collection_read(directory, &collection, error);

    if (result < 0)
        return result;
    *plan = (struct pilot_plan){.precision = precision};
    for (size_t i = 0;
         i < collection.reader.header.workload_count && result == 0; i++) {
        struct workload_view view;

        result = view_create(&collection, i, &view);
        for (size_t j = 0; j < view.header->platform_count && result == 0; j++)
            result = plan_cell(&view, (int)j, plan);
        view_release(&view);
    }
    if (result < 0)
        error_errno(error, ENOMEM, "%s", directory);
    collection_release(&collection);
    return result;
}
