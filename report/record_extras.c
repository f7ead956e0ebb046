/*
 * What summary.json has beside its cells: how many instances fit on the host
 * (density), and what a platform reaches of the host's kernel (surface).
 */
#include "report/record.h"

#include "report/record_members.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

enum {
    MAX_SERIES = 512,
    MAX_SURFACE = 4096,
    MAX_DENSITY_POINTS = 4096, /* of one platform */
};

static int by_instances(const void *left, const void *right)
{
    const struct density_point *a = left, *b = right;

    return (a->instances > b->instances) - (a->instances < b->instances);
}

static int read_platform_name(const struct record *record, json_t *object,
                              const struct member_place *place,
                              const struct platform_entry **platform,
                              struct error *error)
{
    const char *name = NULL;
    int result = member_text(object, place, "platform", &name, error);

    if (result < 0)
        return result;
    *platform = record_platform(record, name);
    return *platform != NULL ? 0
                             : member_wrong(place, "platform",
                                            "a platform of the header", error);
}

static int read_point(json_t *object, const struct member_place *place,
                      struct density_point *point, struct error *error)
{
    double kernel = NAN;
    int result =
        member_number(object, place, "instances", &point->instances, error);

    if (result == 0)
        result = member_optional_number(object, place, "latency_ns",
                                        &point->latency, error);
    if (result == 0)
        result = member_optional_number(object, place, "memory_per_instance",
                                        &point->memory, error);
    if (result == 0)
        result = member_optional_number(
            object, place, "memory_kernel_per_instance", &kernel, error);
    if (!isnan(kernel))
        point->memory += kernel;
    return result;
}

static int read_series(const struct record *record, json_t *object,
                       const struct member_place *place,
                       struct density_series *series, struct error *error)
{
    json_t *list = NULL, *item;
    size_t index;
    int result =
        read_platform_name(record, object, place, &series->platform, error);

    if (result == 0)
        result = member_optional_text(object, place, "stopped", NULL,
                                      &series->stopped, error);
    if (result == 0)
        result =
            member_list(object, "points", MAX_DENSITY_POINTS, &list, error);
    if (result < 0)
        return result;
    series->points = calloc(json_array_size(list) + 1, sizeof(*series->points));
    if (series->points == NULL)
        return error_errno(error, ENOMEM, "summary.json");
    json_array_foreach(list, index, item)
    {
        const struct member_place point = {"density.points", index};

        result =
            read_point(item, &point, &series->points[series->count++], error);
        if (result < 0)
            return result;
    }
    qsort(series->points, series->count, sizeof(*series->points), by_instances);
    return 0;
}

static int read_surface(const struct record *record, json_t *object,
                        const struct member_place *place,
                        struct surface_entry *entry, struct error *error)
{
    const char *workload = NULL;
    int result =
        read_platform_name(record, object, place, &entry->platform, error);

    if (result == 0)
        result = member_text(object, place, "workload", &workload, error);
    if (result == 0)
        result = member_optional_number(object, place, "system_calls_distinct",
                                        &entry->distinct, error);
    if (result == 0)
        result = member_optional_number(object, place, "system_calls_total",
                                        &entry->total, error);
    if (result == 0)
        result =
            member_optional_number(object, place, "start_system_calls_distinct",
                                   &entry->start_distinct, error);
    if (result == 0)
        result =
            member_optional_number(object, place, "start_system_calls_total",
                                   &entry->start_total, error);
    if (result == 0)
        result = member_optional_number(object, place, "kernel_functions",
                                        &entry->kernel_functions, error);
    if (result == 0)
        result = member_optional_text(object, place, "why", NULL, &entry->why,
                                      error);
    if (result < 0)
        return result;
    entry->workload = record_workload(record, workload);
    return entry->workload != NULL
               ? 0
               : member_wrong(place, "workload", "a workload of the header",
                              error);
}

static int read_density(struct record *record, struct error *error)
{
    json_t *list, *item;
    size_t index;
    int result =
        member_list(record->document, "density", MAX_SERIES, &list, error);

    if (result < 0)
        return result;
    record->density =
        calloc(json_array_size(list) + 1, sizeof(*record->density));
    if (record->density == NULL)
        return error_errno(error, ENOMEM, "summary.json");
    json_array_foreach(list, index, item)
    {
        const struct member_place place = {"density", index};

        result = read_series(record, item, &place,
                             &record->density[record->density_count++], error);
        if (result < 0)
            return result;
    }
    return 0;
}

int record_load_extras(struct record *record, struct error *error)
{
    json_t *list, *item;
    size_t index;
    int result = read_density(record, error);

    if (result == 0)
        result =
            member_list(record->document, "surface", MAX_SURFACE, &list, error);
    if (result < 0)
        return result;
    record->surface =
        calloc(json_array_size(list) + 1, sizeof(*record->surface));
    if (record->surface == NULL)
        return error_errno(error, ENOMEM, "summary.json");
    json_array_foreach(list, index, item)
    {
        const struct member_place place = {"surface", index};

        result = read_surface(record, item, &place,
                              &record->surface[record->surface_count++], error);
        if (result < 0)
            return result;
    }
    return 0;
}
