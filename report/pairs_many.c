/*
 * Two platforms over several workloads at once. See pairs.h.
 */
#include "report/pairs.h"

#include "oci/cleanup.h"

#include <math.h>

/* A block's sum of logarithms, and how many workloads it has had. */
struct block {
    int64_t number;
    double logarithms;
    size_t workloads;
};

/* The runs of two platforms in step, block by block. */
struct walk {
    const struct raw_value *above, *below;
    size_t above_count, below_count, i, j;
};

/* The next block in which both have a value above zero, or false. */
static bool next_pair(struct walk *walk, int64_t *block, double *ratio)
{
    while (walk->i < walk->above_count && walk->j < walk->below_count) {
        const struct raw_value *a = &walk->above[walk->i];
        const struct raw_value *b = &walk->below[walk->j];

        walk->i += a->block <= b->block;
        walk->j += a->block >= b->block;
        if (a->block != b->block || a->value <= 0 || b->value <= 0)
            continue;
        *block = a->block;
        *ratio = a->value / b->value;
        return true;
    }
    return false;
}

/* Adds a workload's ratios to the blocks, or begins them with the first. */
static void add_workload(struct walk walk, struct block *blocks, size_t *count,
                         bool first)
{
    size_t at = 0;
    int64_t block;
    double ratio;

    while (next_pair(&walk, &block, &ratio)) {
        if (first)
            blocks[(*count)++] = (struct block){.number = block};
        while (at < *count && blocks[at].number < block)
            at++;
        if (at == *count || blocks[at].number != block)
            continue;
        blocks[at].logarithms += log(ratio);
        blocks[at].workloads++;
    }
}

static int find_ratio(const struct record *record,
                      const struct workload_entry *const *workloads,
                      size_t count, const struct platform_entry *above,
                      const struct platform_entry *below, struct figure *ratio)
{
    _cleanup_free_ struct block *blocks = NULL;
    _cleanup_free_ double *means = NULL;
    size_t block_count = 0, whole = 0;

    for (size_t i = 0; i < count; i++) {
        struct walk walk = {0};

        walk.above =
            record_values(record, workloads[i], above, &walk.above_count);
        walk.below =
            record_values(record, workloads[i], below, &walk.below_count);
        if (blocks == NULL)
            blocks = calloc(walk.above_count + 1, sizeof(*blocks));
        if (blocks == NULL)
            return -ENOMEM;
        add_workload(walk, blocks, &block_count, i == 0);
    }
    means = calloc(block_count + 1, sizeof(*means));
    if (means == NULL)
        return -ENOMEM;
    for (size_t i = 0; i < block_count; i++)
        if (blocks[i].workloads == count)
            means[whole++] = exp(blocks[i].logarithms / (double)count);
    *ratio = pairs_median(means, whole);
    return 0;
}

int pairs_compare_all(const struct record *record,
                      const struct workload_entry *const *workloads,
                      size_t count, const struct platform_entry *above,
                      const struct platform_entry *below, struct figure *ratio)
{
    const struct platform_entry *native = record_native(record);
    const struct platform_entry *control = record_control(record);
    struct figure floor = {.median = 1, .low = 1, .high = 1};
    int result = find_ratio(record, workloads, count, above, below, ratio);

    if (result == 0 && native != NULL && control != NULL)
        result = find_ratio(record, workloads, count, control, native, &floor);
    if (result < 0)
        return result;
    if (!floor.has_interval)
        floor.low = floor.high = 1;
    return (int)pairs_judge(ratio, record->band, floor.low, floor.high);
}
