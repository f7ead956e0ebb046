/* Lines of results.jsonl without what is not drawn; see record_pick.h. */
#include "report/record_pick.h"

#include "oci/cleanup.h"
#include "oci/json_scan.h"

#include <math.h>
#include <string.h>

static bool pick_text(struct json_scan *scan, const char **text)
{
    char *taken;

    if (!scan_string(scan, &taken))
        return false;
    *text = taken;
    return true;
}

/* A number or null. What overflows is for a whole parser to refuse. */
static bool pick_number(struct json_scan *scan, double *number)
{
    *number = NAN;
    return scan_null(scan) || (scan_number(scan, number) && isfinite(*number));
}

static bool pick_type(struct json_scan *scan, struct picked_run *run)
{
    return pick_text(scan, &run->type);
}

static bool pick_platform(struct json_scan *scan, struct picked_run *run)
{
    return pick_text(scan, &run->platform);
}

static bool pick_workload(struct json_scan *scan, struct picked_run *run)
{
    return pick_text(scan, &run->workload);
}

static bool pick_block(struct json_scan *scan, struct picked_run *run)
{
    return scan_integer(scan, &run->block);
}

static bool pick_exit(struct json_scan *scan, struct picked_run *run)
{
    return pick_number(scan, &run->exit_ns);
}

static bool pick_failure(struct json_scan *scan, struct picked_run *run)
{
    char *why;

    run->failed = !scan_null(scan);
    return !run->failed || scan_string(scan, &why);
}

static bool pick_flags(struct json_scan *scan, struct picked_run *run)
{
    char *name;

    run->flags = 0;
    if (!scan_token(scan, '['))
        return false;
    if (scan_token(scan, ']'))
        return true;
    do {
        if (!scan_string(scan, &name))
            return false;
        run->flags++;
    } while (scan_token(scan, ','));
    return scan_token(scan, ']');
}

/* One member of an object, the others passed over. */
static bool pick_only(struct json_scan *scan, const char *wanted,
                      double *number)
{
    char *key;

    *number = NAN;
    if (!scan_token(scan, '{'))
        return false;
    for (bool first = true; scan_key(scan, first, &key); first = false) {
        if (key == NULL)
            return true;
        if (strcmp(key, wanted) == 0 ? !pick_number(scan, number)
                                     : !scan_skip(scan))
            return false;
    }
    return false;
}

static bool pick_memory(struct json_scan *scan, struct picked_run *run)
{
    return pick_only(scan, "pss", &run->pss);
}

static bool pick_metrics(struct json_scan *scan, struct picked_run *run)
{
    char *key;

    run->metric_count = 0;
    if (!scan_token(scan, '{'))
        return false;
    for (bool first = true; scan_key(scan, first, &key); first = false) {
        if (key == NULL)
            return true;
        if (run->metric_count == PICKED_METRICS ||
            !pick_only(scan, "value", &run->metrics[run->metric_count].value))
            return false;
        run->metrics[run->metric_count++].name = key;
    }
    return false;
}

static const struct {
    const char *key;
    bool (*pick)(struct json_scan *scan, struct picked_run *run);
} members[] = {
    {"type", pick_type},         {"block", pick_block},
    {"platform", pick_platform}, {"workload", pick_workload},
    {"exit_ns", pick_exit},      {"failure", pick_failure},
    {"flags", pick_flags},       {"memory", pick_memory},
    {"metrics", pick_metrics},
};

static bool pick_member(struct json_scan *scan, const char *key,
                        struct picked_run *run)
{
    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
        if (strcmp(members[i].key, key) == 0)
            return members[i].pick(scan, run);
    return scan_skip(scan);
}

/* False where the text is in another form than the writer's. */
static bool pick_scan(char *text, size_t length, struct picked_run *run)
{
    struct json_scan scan = {text};
    char *key;

    if (!scan_token(&scan, '{'))
        return false;
    for (bool first = true; scan_key(&scan, first, &key); first = false) {
        if (key == NULL)
            return scan.at == text + length;
        if (!pick_member(&scan, key, run))
            return false;
    }
    return false;
}

static double number_or_nan(const json_t *number)
{
    return json_is_number(number) ? json_number_value(number) : NAN;
}

static void pick_from_tree(struct picked_run *run)
{
    const json_t *tree = run->tree;
    const json_t *failure = json_object_get(tree, "failure");

    run->type = json_string_value(json_object_get(tree, "type"));
    run->platform = json_string_value(json_object_get(tree, "platform"));
    run->workload = json_string_value(json_object_get(tree, "workload"));
    run->block = json_integer_value(json_object_get(tree, "block"));
    run->failed = failure != NULL && !json_is_null(failure);
    run->flags = json_array_size(json_object_get(tree, "flags"));
    run->exit_ns = number_or_nan(json_object_get(tree, "exit_ns"));
    run->pss =
        number_or_nan(json_object_get(json_object_get(tree, "memory"), "pss"));
}

bool record_pick(char *line, size_t length, struct picked_run *run)
{
    _cleanup_free_ char *whole = malloc(length + 1);

    *run = (struct picked_run){.exit_ns = NAN, .pss = NAN};
    if (whole == NULL)
        return false;
    memcpy(whole, line, length);
    if (pick_scan(line, length, run))
        return true;
    *run = (struct picked_run){.tree = json_loadb(whole, length, 0, NULL)};
    pick_from_tree(run);
    return run->tree != NULL;
}

double record_pick_metric(const struct picked_run *run, const char *name)
{
    const json_t *metrics = json_object_get(run->tree, "metrics");

    if (run->tree != NULL)
        return number_or_nan(
            json_object_get(json_object_get(metrics, name), "value"));
    for (size_t i = run->metric_count; i > 0; i--)
        if (strcmp(run->metrics[i - 1].name, name) == 0)
            return run->metrics[i - 1].value;
    return NAN;
}

void record_pick_release(struct picked_run *run)
{
    json_decref(run->tree);
    run->tree = NULL;
}
