/*
 * Kinds and their champions. See kinds.h.
 */
#include "report/kinds.h"

#include <math.h>
#include <string.h>

static const char *const names[KINDS] = {
    [KIND_CONTAINER] = "container",       [KIND_EMULATION] = "emulation",
    [KIND_UNIKERNEL] = "unikernel",       [KIND_MICROVM] = "microvm",
    [KIND_CONVENTIONAL] = "conventional",
};

/* Platform names of QEMU without KVM end so (docs/platforms.md). */
static bool is_emulated(const char *name)
{
    static const char ending[] = "-tcg";
    const size_t length = strlen(name);

    return length >= sizeof(ending) - 1 &&
           strcmp(name + length - (sizeof(ending) - 1), ending) == 0;
}

enum platform_kind kind_of(const struct platform_entry *platform)
{
    if (platform->left_out || platform->control || platform->floor)
        return KIND_NONE;
    if (platform_is_container(platform))
        return KIND_CONTAINER;
    if (!platform_is_virtual(platform))
        return KIND_NONE;
    if (is_emulated(platform->name))
        return KIND_EMULATION;
    if (strcmp(platform->class_name, "unikernel") == 0)
        return KIND_UNIKERNEL;
    return strcmp(platform->class_name, "microVM") == 0 ? KIND_MICROVM
                                                        : KIND_CONVENTIONAL;
}

const char *kind_name(enum platform_kind kind)
{
    return names[kind];
}

bool kind_needs_kvm(enum platform_kind kind)
{
    return kind == KIND_UNIKERNEL || kind == KIND_MICROVM ||
           kind == KIND_CONVENTIONAL;
}

static double start_median(const struct record *record,
                           const struct platform_entry *platform)
{
    for (size_t i = 0; i < record->workload_count; i++) {
        const struct workload_entry *workload = &record->workloads[i];
        const struct cell *cell =
            workload->group == GROUP_START || workload->group == GROUP_OWN
                ? record_cell(record, platform, workload, NULL)
                : NULL;

        if (cell != NULL && cell->value.n > 0)
            return cell->value.median;
    }
    return INFINITY;
}

const struct platform_entry *kind_champion(const struct record *record,
                                           enum platform_kind kind)
{
    const struct platform_entry *best = NULL;
    double least = INFINITY;

    for (size_t i = 0; i < record->platform_count; i++) {
        const struct platform_entry *platform = &record->platforms[i];
        double median;

        if (kind_of(platform) != kind || !record_starts_cold(record, platform))
            continue;
        median = start_median(record, platform);
        if (best == NULL || median < least) {
            best = platform;
            least = median;
        }
    }
    return best;
}

const struct platform_entry *kind_virtual_champion(const struct record *record)
{
    const struct platform_entry *best = NULL;

    for (enum platform_kind kind = 0; kind < KINDS; kind++) {
        const struct platform_entry *champion =
            kind_needs_kvm(kind) ? kind_champion(record, kind) : NULL;

        if (champion != NULL &&
            (best == NULL ||
             start_median(record, champion) < start_median(record, best)))
            best = champion;
    }
    return best;
}
