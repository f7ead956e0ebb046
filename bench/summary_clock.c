/* Inner against outer clocks; see summary_clock.h. */
#include "bench/summary_clock.h"

#include "bench/statistics.h"
#include "bench/summary_cells.h"
#include "oci/cleanup.h"

#include <stdlib.h>

const char clock_reason[] =
    "the clock inside disagrees with the host's: no verdict";

/* Of all workloads of a platform together. */
struct clock_count {
    size_t checked, flagged;
    double bounds;
};

static struct clock_count count_clocks(const struct collection *collection,
                                       size_t platform)
{
    struct clock_count count = {0};

    for (size_t i = 0; i < collection->reader.header.workload_count; i++) {
        const struct cell_record *cell =
            collection_cell(collection, platform, i);

        count.checked += cell->clock.count;
        count.flagged += cell->clock_flagged;
        count.bounds += cell->clock_bounds;
    }
    return count;
}

bool clock_disagrees(const struct collection *collection, size_t platform)
{
    struct clock_count count = count_clocks(collection, platform);

    return 2 * count.flagged > count.checked;
}

/* The median of what the clock is off by, and its interval. */
static int estimate_difference(const struct collection *collection,
                               size_t platform, size_t count,
                               struct estimate *estimate)
{
    _cleanup_free_ double *values = calloc(count + 1, sizeof(*values));
    size_t n = 0;

    if (values == NULL)
        return -ENOMEM;
    for (size_t i = 0; i < collection->reader.header.workload_count; i++) {
        const struct series *clock =
            &collection_cell(collection, platform, i)->clock;

        for (size_t j = 0; j < clock->count; j++)
            values[n++] = clock->samples[j].value;
    }
    estimate_compute(values, n, estimate);
    return 0;
}

static json_t *clock_to_json(const struct collection *collection,
                             size_t platform, const struct clock_count *count)
{
    struct estimate estimate;
    bool has;

    if (estimate_difference(collection, platform, count->checked, &estimate) <
        0)
        return NULL;
    has = estimate.has_interval;
    return json_pack(
        "{s:I, s:I, s:o, s:o, s:o, s:o, s:b}", "n", (json_int_t)count->checked,
        "flagged", (json_int_t)count->flagged, "difference",
        number_to_json(estimate.median), "low",
        has ? number_to_json(estimate.interval.low) : json_null(), "high",
        has ? number_to_json(estimate.interval.high) : json_null(), "bound",
        number_to_json(count->bounds / (double)count->checked), "agrees",
        !clock_disagrees(collection, platform));
}

json_t *clocks_to_json(const struct collection *collection)
{
    const struct result_header *header = &collection->reader.header;
    json_t *clocks = json_object();

    for (size_t i = 0; i < header->platform_count && clocks != NULL; i++) {
        struct clock_count count = count_clocks(collection, i);

        if (count.checked > 0)
            json_object_set_new(clocks, header->platforms[i].name,
                                clock_to_json(collection, i, &count));
    }
    return clocks;
}
