/* costs.jsonl and surface.jsonl in the summary; see summary_observed.h. */
#include "bench/summary_observed.h"

#include "bench/lines.h"
#include "bench/observe.h"
#include "bench/results_fields.h"
#include "bench/results_format.h"
#include "bench/surface.h"

#include <errno.h>

#define RUN(member) offsetof(struct result_run, member)

static const struct field fields[] = {
    {"platform", FIELD_NAME, false, RUN(platform), NULL},
    {"workload", FIELD_NAME, false, RUN(workload), NULL},
    {"repetition", FIELD_INTEGER, false, RUN(block), NULL},
};

static int take_costs(void *context, const json_t *line, struct error *error)
{
    struct collection *collection = context;
    const struct result_header *header = &collection->reader.header;
    struct result_run run = RESULT_RUN_INIT;
    struct cell_record *cell;
    int platform, workload;
    int result =
        fields_decode(line, "", fields, FIELD_TABLE_SIZE(fields), &run, error);

    if (result == 0)
        result = costs_decode(line, &run, error);
    if (result < 0)
        return result;
    platform = result_platform_index(header, run.platform);
    workload = result_workload_index(header, run.workload);
    if (platform < 0 || workload < 0)
        return 0;
    cell = collection_cell(collection, (size_t)platform, (size_t)workload);
    for (size_t i = 0; i < run.cost_count && result == 0; i++)
        result = collection_take_cost(cell, &run.costs[i], &run);
    return result < 0 ? error_errno(error, -result, "costs") : 0;
}

int observed_costs_collect(const char *directory, struct collection *collection,
                           struct error *error)
{
    return lines_read(directory, COSTS_FILE, take_costs, collection, error);
}

struct gathering {
    const struct result_header *header;
    json_t *array;
};

static json_t *integer_or_null(int64_t value)
{
    return value < 0 ? json_null() : json_integer(value);
}

static int take_surface(void *context, const json_t *line, struct error *error)
{
    const struct gathering *gathering = context;
    struct surface surface;
    int result = surface_decode(line, &surface, error);
    json_t *object;

    if (result < 0 ||
        result_platform_index(gathering->header, surface.platform) < 0 ||
        result_workload_index(gathering->header, surface.workload) < 0)
        return result;
    object = json_pack(
        "{s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:s?, s:s?}", "platform",
        surface.platform, "workload", surface.workload, "system_calls_distinct",
        integer_or_null(surface.work.distinct), "system_calls_total",
        integer_or_null(surface.work.total), "start_system_calls_distinct",
        integer_or_null(surface.start.distinct), "start_system_calls_total",
        integer_or_null(surface.start.total), "kernel_functions",
        integer_or_null(surface.kernel_functions), "start_kernel_functions",
        integer_or_null(surface.start_kernel_functions), "kernel_functions_why",
        surface.kernel_functions_why, "why", surface.why);
    if (json_array_append_new(gathering->array, object) < 0)
        return error_errno(error, ENOMEM, "surface");
    return 0;
}

json_t *observed_surface_to_json(const char *directory,
                                 const struct result_header *header,
                                 struct error *error)
{
    struct gathering gathering = {header, json_array()};

    if (gathering.array == NULL) {
        error_errno(error, ENOMEM, "surface");
        return NULL;
    }
    if (lines_read(directory, SURFACE_FILE, take_surface, &gathering, error) ==
        0)
        return gathering.array;
    json_decref(gathering.array);
    return NULL;
}
