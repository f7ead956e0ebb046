/* Runs without a tree; see results_scan.h for the contract. */
#include "bench/results_scan.h"

#include "bench/flags.h"
#include "bench/results_text.h"

#include <string.h>

/* A list of metrics or costs in a run. */
struct figures {
    const struct field *fields;
    size_t field_count;
    void *items; /* whose first member is the name */
    size_t item_size, most;
};

/* {"value": ..., "unit": ...} by name, as metrics and costs are. */
static bool scan_figures(struct json_scan *scan, const struct figures *figures,
                         size_t *count)
{
    char *name;

    *count = 0;
    if (!scan_token(scan, '{'))
        return false;
    for (bool first = true; scan_key(scan, first, &name); first = false) {
        char *item = (char *)figures->items + *count * figures->item_size;

        if (name == NULL)
            return true;
        if (*count == figures->most || !text_is_name(name, RESULT_MAX_NAME) ||
            !scan_token(scan, '{') ||
            !fields_scan(scan, figures->fields, figures->field_count, item))
            return false;
        memcpy(item, &name, sizeof(name));
        ++*count;
    }
    return false;
}

static bool scan_metrics(struct json_scan *scan, struct result_run *run)
{
    const struct figures figures = {metric_fields, metric_field_count,
                                    run->metrics, sizeof(*run->metrics),
                                    RESULT_MAX_METRICS};

    if (!scan_figures(scan, &figures, &run->metric_count))
        return false;
    for (size_t i = 0; i < run->metric_count; i++) {
        if (strlen(run->metrics[i].unit) > RESULT_MAX_NAME)
            return false;
        for (size_t j = 0; j < i; j++)
            if (strcmp(run->metrics[i].name, run->metrics[j].name) == 0)
                return false;
    }
    return true;
}

static bool scan_costs(struct json_scan *scan, struct result_run *run)
{
    const struct figures figures = {cost_fields, cost_field_count, run->costs,
                                    sizeof(*run->costs), RESULT_MAX_COSTS};

    if (!scan_figures(scan, &figures, &run->cost_count))
        return false;
    for (size_t i = 0; i < run->cost_count; i++) {
        if (strlen(run->costs[i].unit) > RESULT_MAX_NAME)
            return false;
        for (size_t j = 0; j < i; j++)
            if (strcmp(run->costs[i].name, run->costs[j].name) == 0)
                return false;
    }
    return true;
}

static bool scan_flags(struct json_scan *scan, struct result_run *run)
{
    if (!scan_token(scan, '['))
        return false;
    if (scan_token(scan, ']'))
        return true;
    do {
        char *name;
        size_t i = 0;

        if (!scan_string(scan, &name))
            return false;
        while (run_flag_names[i] != NULL &&
               strcmp(run_flag_names[i], name) != 0)
            i++;
        if (run_flag_names[i] == NULL)
            return false;
        run->flags |= 1u << i;
    } while (scan_token(scan, ','));
    return scan_token(scan, ']');
}

static bool scan_output(struct json_scan *scan, struct result_run *run)
{
    return scan_token(scan, '{') &&
           fields_scan(scan, output_fields, output_field_count, run);
}

static bool scan_type(struct json_scan *scan, struct result_run *run)
{
    char *type;

    (void)run;
    return scan_string(scan, &type) && strcmp(type, "run") == 0;
}

/* Members that are not in run_fields, and whether a run must have them. */
static const struct {
    const char *key;
    bool required;
    bool (*scan)(struct json_scan *scan, struct result_run *run);
} others[] = {
    {"type", true, scan_type},      {"metrics", true, scan_metrics},
    {"costs", false, scan_costs},   {"flags", false, scan_flags},
    {"output", false, scan_output},
};
enum { OTHERS = sizeof(others) / sizeof(others[0]) };

/* Which members came: bits of run_fields, then others, then run_groups. */
struct seen {
    uint64_t bits;
};

static bool see(struct seen *seen, size_t member)
{
    uint64_t bit = UINT64_C(1) << member;
    bool fresh = (seen->bits & bit) == 0;

    seen->bits |= bit;
    return fresh;
}

static bool scan_group(struct json_scan *scan, const char *key,
                       struct result_run *run, struct seen *seen)
{
    for (size_t i = 0; i < run_group_count; i++)
        if (strcmp(run_groups[i].key, key) == 0)
            return see(seen, run_field_count + OTHERS + i) &&
                   scan_token(scan, '{') &&
                   fields_scan(scan, run_groups[i].fields, run_groups[i].count,
                               run);
    return false;
}

static bool scan_other(struct json_scan *scan, const char *key,
                       struct result_run *run, struct seen *seen)
{
    for (size_t i = 0; i < OTHERS; i++)
        if (strcmp(others[i].key, key) == 0)
            return see(seen, run_field_count + i) && others[i].scan(scan, run);
    return scan_group(scan, key, run, seen);
}

static bool all_there(const struct seen *seen)
{
    for (size_t i = 0; i < run_field_count; i++)
        if (!run_fields[i].optional && (seen->bits >> i & 1) == 0)
            return false;
    for (size_t i = 0; i < OTHERS; i++)
        if (others[i].required &&
            (seen->bits >> (run_field_count + i) & 1) == 0)
            return false;
    for (size_t i = 0; i < run_group_count; i++)
        if ((seen->bits >> (run_field_count + OTHERS + i) & 1) == 0)
            return false;
    return true;
}

bool run_scan(char *text, size_t length, struct result_run *run)
{
    struct json_scan scan = {text};
    struct seen seen = {0};
    size_t next = 0;
    char *key;

    fields_set_absent(run_fields, run_field_count, run);
    if (!scan_token(&scan, '{'))
        return false;
    for (bool first = true; scan_key(&scan, first, &key); first = false) {
        const struct field *field;

        if (key == NULL)
            return scan.at == text + length && all_there(&seen);
        field = field_find(run_fields, run_field_count, key, &next);
        if (field == NULL ? !scan_other(&scan, key, run, &seen)
                          : !see(&seen, (size_t)(field - run_fields)) ||
                                !field_scan(&scan, field, run))
            return false;
    }
    return false;
}
