/*
 * ringside compare: what changed between two sessions, as a table or as JSON.
 */
#include "bench/comparison.h"
#include "bench/summary_cells.h"
#include "bench/table_text.h"
#include "bench/verbs.h"

#include <string.h>

struct arguments {
    struct comparison_options options;
    bool json;
};

enum { KEY_JSON = 256, KEY_RELATIVE, FACT_WIDTH = 60 };

static const struct argp_option options[] = {
    {"all", 'a', NULL, 0, "every metric, not the judged ones alone", 0},
    {"relative", KEY_RELATIVE, NULL, 0,
     "compare ratios to native within a block instead of values", 0},
    {"json", KEY_JSON, NULL, 0, "print JSON", 0},
    {0},
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;

    switch (key) {
    case 'a':
        arguments->options.all_metrics = true;
        return 0;
    case KEY_RELATIVE:
        arguments->options.relative = true;
        return 0;
    case KEY_JSON:
        arguments->json = true;
        return 0;
    case ARGP_KEY_ARG:
        if (state->arg_num == 0)
            arguments->options.before = argument;
        else if (state->arg_num == 1)
            arguments->options.after = argument;
        else
            argp_error(state, "%s: two directories are expected", argument);
        return 0;
    case ARGP_KEY_END:
        if (arguments->options.after == NULL)
            argp_error(state, "two result directories are expected");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    options,
    parse,
    "BEFORE AFTER",
    "Says what changed from one session to another, and whether that is more "
    "than noise.\v"
    "The change is AFTER over BEFORE: the Hodges-Lehmann shift of the "
    "logarithms with its 95 % interval. Runs of different sessions are not "
    "paired; --relative takes out what slowed the whole machine.",
    NULL,
    NULL,
    NULL};

static void print_fact(const char *label, const json_t *value)
{
    char *text = value != NULL ? json_dumps(value, JSON_ENCODE_ANY) : NULL;

    printf("%s %.*s", label, FACT_WIDTH, text != NULL ? text : "absent");
    free(text);
}

/* Figures of different machines or states are never set side by side in
 * silence. */
static void print_differences(const struct comparison *comparison)
{
    json_t *fact;
    size_t i;

    if (!comparison->same_program)
        printf("The measured programs are different files.\n");
    if (comparison->cold_before != comparison->cold_after)
        printf("The page cache was %s before and %s after.\n",
               comparison->cold_before ? "cold" : "warm",
               comparison->cold_after ? "cold" : "warm");
    if (json_array_size(comparison->differing_facts) > 0)
        printf("The hosts differ:\n");
    json_array_foreach(comparison->differing_facts, i, fact)
    {
        printf("  %s:", json_string_value(json_object_get(fact, "fact")));
        print_fact("", json_object_get(fact, "before"));
        print_fact(" ->", json_object_get(fact, "after"));
        printf("\n");
    }
    if (i > 0 || !comparison->same_program)
        printf("\n");
}

static void print_row(const struct comparison_row *row)
{
    char before[CELL_TEXT_SIZE], after[CELL_TEXT_SIZE];
    char median[CELL_TEXT_SIZE], low[CELL_TEXT_SIZE], high[CELL_TEXT_SIZE];
    char interval[2 * CELL_TEXT_SIZE + 8] = "-";

    text_quantity(row->before.median, row->unit, before, sizeof(before));
    text_quantity(row->after.median, row->unit, after, sizeof(after));
    text_ratio(row->change.median, median, sizeof(median));
    if (row->change.has_interval) {
        text_ratio(row->change.interval.low, low, sizeof(low));
        text_ratio(row->change.interval.high, high, sizeof(high));
        snprintf(interval, sizeof(interval), "[%s, %s]", low, high);
    }
    printf("%-14s %-18s %-20s %4zu %4zu %12s %12s %8s %-16s %s\n",
           row->workload, row->platform, row->metric, row->before.n,
           row->after.n, before, after, median, interval,
           verdict_name(row->corrected));
}

/* How many verdicts chance may have made, which are shown as inconclusive. */
static void print_correction(const struct comparison *comparison)
{
    size_t given = 0, stand = 0;

    for (size_t i = 0; i < comparison->count; i++) {
        given += comparison->rows[i].verdict != VERDICT_INCONCLUSIVE;
        stand += comparison->rows[i].corrected != VERDICT_INCONCLUSIVE;
    }
    if (stand < given)
        printf("\n%zu of %zu verdicts do not stand the correction for their "
               "number (Benjamini-Hochberg, 5 %%) and are shown as "
               "inconclusive.\n",
               given - stand, given);
}

static void print_table(const struct comparison *comparison)
{
    print_differences(comparison);
    printf("%-14s %-18s %-20s %4s %4s %12s %12s %8s %-16s %s\n", "workload",
           "platform", "metric", "n", "n", "before", "after", "ratio", "[95 %]",
           "verdict");
    for (size_t i = 0; i < comparison->count; i++)
        print_row(&comparison->rows[i]);
    print_correction(comparison);
}

static json_t *row_to_json(const struct comparison_row *row)
{
    bool has = row->change.has_interval;

    return json_pack(
        "{s:s, s:s, s:s, s:s, s:{s:I, s:o}, s:{s:I, s:o}, s:o, s:o, s:o, s:s, s:o, "
        "s:o, s:s}",
        "workload", row->workload, "platform", row->platform, "metric",
        row->metric, "unit", row->unit, "before", "n",
        (json_int_t)row->before.n, "median", number_to_json(row->before.median),
        "after", "n", (json_int_t)row->after.n, "median",
        number_to_json(row->after.median), "ratio",
        number_to_json(row->change.median), "low",
        has ? number_to_json(row->change.interval.low) : json_null(), "high",
        has ? number_to_json(row->change.interval.high) : json_null(),
        "verdict", verdict_name(row->verdict), "p", number_to_json(row->p),
        "p_adjusted", number_to_json(row->p_adjusted), "verdict_corrected",
        verdict_name(row->corrected));
}

static int print_json(const struct comparison *comparison, struct error *error)
{
    json_t *rows = json_array(), *document;
    int result = 0;

    for (size_t i = 0; i < comparison->count; i++)
        json_array_append_new(rows, row_to_json(&comparison->rows[i]));
    document =
        json_pack("{s:b, s:O, s:o}", "same_program", comparison->same_program,
                  "differing_facts", comparison->differing_facts, "rows", rows);
    if (document == NULL || json_dumpf(document, stdout, JSON_INDENT(1)) < 0)
        result = error_set(error, ENOMEM, "cannot print the comparison");
    else
        printf("\n");
    json_decref(document);
    return result;
}

int ringside_compare(const struct invocation *invocation, int argc, char **argv,
                     struct error *error)
{
    struct arguments arguments = {0};
    struct comparison comparison;
    int result;

    (void)invocation;
    argp_parse(&argp, argc, argv, 0, NULL, &arguments);
    result = comparison_compute(&arguments.options, &comparison, error);
    if (result == 0 && arguments.json)
        result = print_json(&comparison, error);
    else if (result == 0)
        print_table(&comparison);
    comparison_release(&comparison);
    return result;
}
