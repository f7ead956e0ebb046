/*
 * Reading summary.json into plain C. The file may have been edited or made by
 * somebody else, so every value is checked here and a bad one is named by its
 * JSON path; what follows may trust the types.
 */
#include "report/record.h"

#include "oci/cleanup.h"
#include "report/record_members.h"

#include <math.h>
#include <string.h>

enum {
    SUPPORTED_SCHEMA = 1,
    MAX_ENTRIES = 512, /* platforms, workloads; twice what a session holds */
};

static const char *const group_names[GROUPS] = {
    [GROUP_START] = "start",   [GROUP_CPU] = "cpu",
    [GROUP_MEMORY] = "memory", [GROUP_KERNEL] = "kernel",
    [GROUP_FILES] = "files",   [GROUP_MACRO] = "macro",
    [GROUP_IDLE] = "idle",     [GROUP_OWN] = "own",
};

static const struct {
    const char *name;
    enum verdict_word word;
} verdict_words[] = {
    {"faster", WORD_FASTER},
    {"slower", WORD_SLOWER},
    {"equivalent", WORD_EQUIVALENT},
    {"inconclusive", WORD_INCONCLUSIVE},
};

static int read_figure(json_t *object, const struct member_place *place,
                       struct figure *figure, struct error *error)
{
    int64_t n;
    int result = member_count(object, place, "n", &n, error);

    *figure = (struct figure){0};
    if (result < 0 || n == 0)
        return result;
    figure->n = (size_t)n;
    result = member_number(object, place, "median", &figure->median, error);
    if (result < 0)
        return result;
    figure->low = figure->high = figure->median;
    figure->has_interval =
        !member_is_null(object, "low") && !member_is_null(object, "high");
    if (!figure->has_interval)
        return 0;
    result = member_number(object, place, "low", &figure->low, error);
    if (result == 0)
        result = member_number(object, place, "high", &figure->high, error);
    if (result == 0 && figure->low > figure->high)
        result = member_wrong(place, "low", "no more than high", error);
    return result;
}

static int read_ratio(json_t *object, const struct member_place *place,
                      struct cell *cell, struct error *error)
{
    json_t *ratio = json_object_get(object, "ratio");
    const char *name;
    int result;

    if (member_is_null(object, "ratio"))
        return 0;
    if (!json_is_object(ratio))
        return member_wrong(place, "ratio", "an object or null", error);
    result = read_figure(ratio, place, &cell->ratio, error);
    if (result == 0)
        result = member_text(ratio, place, "verdict", &name, error);
    /* The report counts verdicts, so it wants those that stand the correction
     * for their number. */
    if (result == 0)
        result = member_optional_text(ratio, place, "verdict_corrected", name,
                                      &name, error);
    if (result < 0)
        return result;
    for (size_t i = 0; i < sizeof(verdict_words) / sizeof(*verdict_words); i++)
        if (strcmp(name, verdict_words[i].name) == 0)
            cell->verdict = verdict_words[i].word;
    if (cell->verdict == WORD_NONE)
        return member_wrong(place, "ratio.verdict",
                            "faster, slower, equivalent or inconclusive",
                            error);
    return 0;
}

static int read_cell_names(const struct record *record, json_t *object,
                           const struct member_place *place, struct cell *cell,
                           struct error *error)
{
    const char *platform = NULL, *workload = NULL, *better = NULL;
    int result = member_text(object, place, "platform", &platform, error);

    if (result == 0)
        result = member_text(object, place, "workload", &workload, error);
    if (result == 0)
        result = member_text(object, place, "metric", &cell->metric, error);
    if (result == 0)
        result = member_optional_text(object, place, "start", "cold",
                                      &cell->start, error);
    if (result == 0)
        result =
            member_optional_text(object, place, "unit", "", &cell->unit, error);
    if (result == 0)
        result =
            member_optional_text(object, place, "why", NULL, &cell->why, error);
    if (result == 0)
        result = member_optional_text(object, place, "better", "lower", &better,
                                      error);
    if (result < 0)
        return result;
    cell->higher_is_better = strcmp(better, "higher") == 0;
    cell->platform = record_platform(record, platform);
    cell->workload = record_workload(record, workload);
    if (cell->platform == NULL)
        return member_wrong(place, "platform", "a platform of the header",
                            error);
    if (cell->workload == NULL)
        return member_wrong(place, "workload", "a workload of the header",
                            error);
    return 0;
}

static int read_cell(const struct record *record, json_t *object,
                     const struct member_place *place, struct cell *cell,
                     struct error *error)
{
    int64_t failures = 0;
    int result = read_cell_names(record, object, place, cell, error);

    if (result == 0 && !member_is_null(object, "failures"))
        result = member_count(object, place, "failures", &failures, error);
    if (result == 0)
        result = read_figure(object, place, &cell->value, error);
    if (result < 0)
        return result;
    cell->failures = (size_t)failures;
    cell->primary = json_is_true(json_object_get(object, "primary"));
    if (cell->value.n == 0)
        return 0;
    result =
        member_optional_number(object, place, "minimum", &cell->minimum, error);
    if (result == 0)
        result = member_optional_number(object, place, "maximum",
                                        &cell->maximum, error);
    return result == 0 ? read_ratio(object, place, cell, error) : result;
}

static int read_platform(json_t *object, const struct member_place *place,
                         struct platform_entry *platform, struct error *error)
{
    int result = member_text(object, place, "name", &platform->name, error);

    if (result == 0)
        result = member_optional_text(object, place, "title", platform->name,
                                      &platform->title, error);
    if (result == 0)
        result = member_optional_text(object, place, "class", "",
                                      &platform->class_name, error);
    if (result == 0)
        result = member_optional_text(object, place, "version", NULL,
                                      &platform->version, error);
    platform->control = json_is_true(json_object_get(object, "control"));
    platform->floor = json_is_true(json_object_get(object, "floor"));
    platform->differs = json_object_get(object, "differs");
    if (!json_is_array(platform->differs))
        platform->differs = NULL;
    return result;
}

static int read_left_out(json_t *object, const struct member_place *place,
                         struct platform_entry *platform, struct error *error)
{
    int result = member_text(object, place, "platform", &platform->name, error);

    platform->left_out = true;
    platform->class_name = "";
    if (result == 0)
        result = member_optional_text(object, place, "title", platform->name,
                                      &platform->title, error);
    return result;
}

static int read_workload(json_t *object, const struct member_place *place,
                         struct workload_entry *workload, struct error *error)
{
    const char *group = NULL, *primary = NULL;
    int result = member_text(object, place, "name", &workload->name, error);

    if (result == 0)
        result = member_optional_text(object, place, "title", workload->name,
                                      &workload->title, error);
    if (result == 0)
        result = member_text(object, place, "group", &group, error);
    if (result == 0)
        result = member_optional_text(object, place, "primary", NULL, &primary,
                                      error);
    if (result < 0)
        return result;
    workload->group = GROUPS;
    for (enum workload_group i = 0; i < GROUPS; i++)
        if (strcmp(group, group_names[i]) == 0)
            workload->group = i;
    if (workload->group == GROUPS)
        return member_wrong(
            place, "group",
            "start, cpu, memory, kernel, files, macro, idle or own", error);
    if (workload->group == GROUP_IDLE)
        workload->judged_by = "memory_pss";
    else if (workload->group == GROUP_START || workload->group == GROUP_OWN)
        workload->judged_by = "spawn_to_exit";
    else
        workload->judged_by = primary != NULL ? primary : "spawn_to_exit";
    return 0;
}

static int read_platforms(struct record *record, struct error *error)
{
    json_t *present, *left_out, *item;
    size_t index;
    int result =
        member_list(record->header, "platforms", MAX_ENTRIES, &present, error);

    if (result == 0)
        result = member_list(record->header, "left_out", MAX_ENTRIES, &left_out,
                             error);
    if (result < 0)
        return result;
    record->platforms =
        calloc(json_array_size(present) + json_array_size(left_out) + 1,
               sizeof(*record->platforms));
    if (record->platforms == NULL)
        return error_errno(error, ENOMEM, "summary.json");
    json_array_foreach(present, index, item)
    {
        const struct member_place place = {"header.platforms", index};

        result = read_platform(
            item, &place, &record->platforms[record->platform_count++], error);
        if (result < 0)
            return result;
    }
    json_array_foreach(left_out, index, item)
    {
        const struct member_place place = {"header.left_out", index};

        result = read_left_out(
            item, &place, &record->platforms[record->platform_count++], error);
        if (result < 0)
            return result;
    }
    return 0;
}

static int read_workloads(struct record *record, struct error *error)
{
    json_t *list, *item;
    size_t index;
    int result =
        member_list(record->header, "workloads", MAX_ENTRIES, &list, error);

    if (result < 0)
        return result;
    record->workloads =
        calloc(json_array_size(list) + 1, sizeof(*record->workloads));
    if (record->workloads == NULL)
        return error_errno(error, ENOMEM, "summary.json");
    json_array_foreach(list, index, item)
    {
        const struct member_place place = {"header.workloads", index};

        result = read_workload(
            item, &place, &record->workloads[record->workload_count++], error);
        if (result < 0)
            return result;
    }
    return 0;
}

static int read_cells(struct record *record, struct error *error)
{
    json_t *list, *item;
    size_t index;
    int result = member_list(record->document, "cells", SIZE_MAX, &list, error);

    if (result < 0)
        return result;
    record->cells = calloc(json_array_size(list) + 1, sizeof(*record->cells));
    if (record->cells == NULL)
        return error_errno(error, ENOMEM, "summary.json");
    json_array_foreach(list, index, item)
    {
        const struct member_place place = {"cells", index};

        result = read_cell(record, item, &place,
                           &record->cells[record->cell_count++], error);
        if (result < 0)
            return result;
    }
    return 0;
}

static int read_top(struct record *record, struct error *error)
{
    const struct member_place top = {.list = ""};
    int64_t schema;
    int result;

    if (!json_is_object(record->document))
        return error_set(error, EINVAL, "summary.json: expected an object");
    result = member_count(record->document, &top, "schema", &schema, error);
    if (result < 0)
        return result;
    if (schema != SUPPORTED_SCHEMA)
        return error_set(error, EINVAL,
                         "summary.json: schema: expected 1, got %lld",
                         (long long)schema);
    record->header = json_object_get(record->document, "header");
    if (!json_is_object(record->header))
        return member_wrong(&top, "header", "an object", error);
    record->complete =
        json_is_true(json_object_get(record->document, "complete"));
    result = member_count(record->document, &top, "runs", &record->runs, error);
    if (result == 0)
        result = member_count(record->document, &top, "failures",
                              &record->failures, error);
    if (result == 0)
        result = member_number(record->document, &top, "equivalence_band",
                               &record->band, error);
    if (result == 0 && record->band > 1)
        result = member_wrong(&top, "equivalence_band", "at most 1", error);
    return result;
}

int record_load_summary(const char *directory, struct record *record,
                        struct error *error)
{
    _cleanup_free_ char *path = NULL;
    json_error_t json_error;
    int result;

    if (asprintf(&path, "%s/summary.json", directory) < 0) {
        path = NULL;
        return error_errno(error, ENOMEM, "%s", directory);
    }
    if (access(path, R_OK) < 0)
        return error_errno(error, errno, "%s", path);
    record->document =
        json_load_file(path, JSON_REJECT_DUPLICATES, &json_error);
    if (record->document == NULL)
        return error_set(error, EINVAL, "%s: line %d, column %d: %s", path,
                         json_error.line, json_error.column, json_error.text);
    result = read_top(record, error);
    if (result == 0)
        result = read_platforms(record, error);
    if (result == 0)
        result = read_workloads(record, error);
    if (result == 0)
        result = read_cells(record, error);
    if (result == 0)
        result = record_load_extras(record, error);
    return result;
}
