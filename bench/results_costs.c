/*
 * The costs of a run of results.jsonl, in both directions: an object of
 * {"value", "unit"} by name as metrics are, where a value may be null with the
 * reason in "why". The member itself is optional: records of earlier versions
 * have none.
 */
#include "bench/results_fields.h"
#include "bench/results_format.h"
#include "bench/results_scan.h"
#include "bench/results_text.h"

#include <errno.h>
#include <string.h>

#define COST(member) offsetof(struct result_cost, member)

const struct field cost_fields[] = {
    {"value", FIELD_NUMBER, true, COST(value), NULL},
    {"unit", FIELD_TEXT, false, COST(unit), NULL},
    {"why", FIELD_TEXT, true, COST(why), NULL},
};
const size_t cost_field_count = FIELD_TABLE_SIZE(cost_fields);

static int cost_encode(const struct result_cost *cost, json_t *costs,
                       struct error *error)
{
    json_t *object = json_object();
    int result;

    if (json_object_set_new(costs, cost->name, object) < 0)
        return error_set(error, EILSEQ, "costs: a name is not UTF-8");
    result = fields_encode(cost_fields, cost_field_count, cost, object, error);
    if (result == 0 && cost->why == NULL)
        json_object_del(object, "why");
    return result;
}

int costs_encode(const struct result_run *run, json_t *document,
                 struct error *error)
{
    json_t *costs;

    if (run->cost_count == 0)
        return 0;
    costs = json_object();
    if (json_object_set_new(document, "costs", costs) < 0)
        return error_errno(error, ENOMEM, "result record");
    for (size_t i = 0; i < run->cost_count; i++) {
        int result = 0;

        if (json_object_get(costs, run->costs[i].name) != NULL)
            return error_set(error, EINVAL, "costs: %s twice",
                             run->costs[i].name);
        result = cost_encode(&run->costs[i], costs, error);
        if (result < 0)
            return result;
    }
    return 0;
}

static int cost_decode(const char *name, const json_t *value,
                       struct result_cost *cost, struct error *error)
{
    char prefix[RESULT_MAX_NAME + 16];
    int result;

    if (!text_is_name(name, RESULT_MAX_NAME))
        return error_set(error, EINVAL,
                         "costs: expected names of letters, digits and .+_-, "
                         "got \"%.60s\"",
                         name);
    snprintf(prefix, sizeof(prefix), "costs.%s.", name);
    result = fields_decode(value, prefix, cost_fields, cost_field_count, cost,
                           error);
    if (result == 0 && strlen(cost->unit) > RESULT_MAX_NAME)
        return error_set(error, EINVAL, "%sunit: longer than %d bytes", prefix,
                         RESULT_MAX_NAME);
    cost->name = name;
    return result;
}

int costs_decode(const json_t *document, struct result_run *run,
                 struct error *error)
{
    json_t *costs = json_object_get(document, "costs");
    const char *name;
    json_t *value;

    run->cost_count = 0;
    if (costs == NULL)
        return 0;
    if (!json_is_object(costs) || json_object_size(costs) > RESULT_MAX_COSTS)
        return fields_unexpected(error, "", "costs",
                                 "an object of at most 48 costs", costs);
    json_object_foreach(costs, name, value)
    {
        int result =
            cost_decode(name, value, &run->costs[run->cost_count], error);

        if (result < 0)
            return result;
        run->cost_count++;
    }
    return 0;
}
