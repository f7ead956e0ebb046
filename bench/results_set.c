/*
 * Which runs of a session have a line: a bit for each, as large as the
 * header's bounds allow (2 MiB), so that neither resuming nor refusing a
 * second line costs a search.
 */
#include "bench/results_format.h"

#include <errno.h>
#include <stdlib.h>

struct result_set {
    size_t platforms, workloads, blocks;
    /* For each (platform, workload), the first letter of the kind of start
     * that it was first seen with; 0: not yet. The letters differ. */
    char *starts;
    unsigned char bits[];
};

struct result_set *result_set_create(const struct result_header *header)
{
    size_t cells = header->platform_count * header->workload_count;
    size_t runs = (size_t)header->blocks * cells;
    struct result_set *set = calloc(1, sizeof(*set) + runs / 8 + 1);

    if (set == NULL)
        return NULL;
    set->starts = calloc(cells + 1, 1);
    if (set->starts == NULL) {
        free(set);
        return NULL;
    }
    set->platforms = header->platform_count;
    set->workloads = header->workload_count;
    set->blocks = (size_t)header->blocks;
    return set;
}

void result_set_free(struct result_set *set)
{
    if (set != NULL)
        free(set->starts);
    free(set);
}

static size_t cell_index(const struct result_set *set, size_t platform,
                         size_t workload)
{
    return platform * set->workloads + workload;
}

bool result_set_has(const struct result_set *set, int64_t block,
                    size_t platform, size_t workload)
{
    size_t bit;

    if (block < 1 || (size_t)block > set->blocks ||
        platform >= set->platforms || workload >= set->workloads)
        return false;
    bit =
        cell_index(set, platform, workload) * set->blocks + (size_t)(block - 1);
    return (set->bits[bit / 8] >> (bit % 8) & 1) != 0;
}

int result_set_check(const struct result_set *set, const struct result_run *run,
                     struct error *error)
{
    char start =
        set->starts[cell_index(set, run->platform_index, run->workload_index)];

    if (result_set_has(set, run->block, run->platform_index,
                       run->workload_index))
        return error_set(error, EINVAL, "block %lld has %s on %s already",
                         (long long)run->block, run->workload, run->platform);
    if (start != 0 && start != run->start[0])
        return error_set(error, EINVAL,
                         "start: %s on %s had another kind than %s before",
                         run->workload, run->platform, run->start);
    return 0;
}

void result_set_add(struct result_set *set, const struct result_run *run)
{
    size_t cell = cell_index(set, run->platform_index, run->workload_index);
    size_t bit = cell * set->blocks + (size_t)(run->block - 1);

    set->starts[cell] = run->start[0];
    set->bits[bit / 8] |= (unsigned char)(1u << (bit % 8));
}
