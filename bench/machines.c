/* One column a machine; see machines.h for the contract. */
#include "bench/machines.h"

#include <string.h>

enum { COLUMN_WIDTH = 24, NAME_WIDTH = 18, LABEL_SIZE = 32 };

static const json_t *fact(const json_t *host, const char *group,
                          const char *name)
{
    return json_object_get(json_object_get(host, group), name);
}

static json_t *describe_machine(const json_t *summary, const char *directory)
{
    const json_t *header = json_object_get(summary, "header");
    const json_t *fingerprint = json_object_get(header, "fingerprint");
    const json_t *host = json_object_get(fingerprint, "host");

    return json_pack(
        "{s:s, s:O?, s:O?, s:O?, s:O?, s:O?}", "directory", directory,
        "fingerprint", json_object_get(fingerprint, "sha256"), "processor",
        fact(host, "cpu", "model"), "kernel", fact(host, "kernel", "release"),
        "sessions", json_object_get(header, "sessions"), "runs",
        json_object_get(summary, "runs"));
}

static bool same_member(const json_t *left, const json_t *right,
                        const char *key)
{
    return json_equal(json_object_get(left, key), json_object_get(right, key));
}

static json_t *find_row(const json_t *rows, const json_t *cell)
{
    json_t *row;
    size_t i;

    json_array_foreach(rows, i, row)
    {
        if (same_member(row, cell, "platform") &&
            same_member(row, cell, "workload") &&
            same_member(row, cell, "metric") && same_member(row, cell, "unit"))
            return row;
    }
    return NULL;
}

/* A row of nothing yet: a null for each machine. */
static json_t *add_row(json_t *rows, const json_t *cell, size_t machines)
{
    json_t *columns = json_array();
    json_t *row = json_pack("{s:O?, s:O?, s:O?, s:O?, s:o}", "workload",
                            json_object_get(cell, "workload"), "platform",
                            json_object_get(cell, "platform"), "metric",
                            json_object_get(cell, "metric"), "unit",
                            json_object_get(cell, "unit"), "machines", columns);

    for (size_t i = 0; i < machines; i++)
        json_array_append_new(columns, json_null());
    json_array_append_new(rows, row);
    return row;
}

/* The judged cells of a machine's summary, each in its row. */
static void add_machine(json_t *rows, const json_t *summary, size_t machine,
                        size_t machines)
{
    const json_t *cells = json_object_get(summary, "cells");
    const json_t *cell;
    size_t i;

    json_array_foreach(cells, i, cell)
    {
        json_t *row;

        if (!json_is_true(json_object_get(cell, "primary")) ||
            !json_is_number(json_object_get(cell, "median")))
            continue;
        row = find_row(rows, cell);
        if (row == NULL)
            row = add_row(rows, cell, machines);
        json_array_set_new(json_object_get(row, "machines"), machine,
                           json_pack("{s:O?, s:O?, s:O?, s:O?, s:O?}", "n",
                                     json_object_get(cell, "n"), "median",
                                     json_object_get(cell, "median"), "low",
                                     json_object_get(cell, "low"), "high",
                                     json_object_get(cell, "high"), "ratio",
                                     json_object_get(cell, "ratio")));
    }
}

json_t *machines_build(json_t *const *summaries, char *const *directories,
                       size_t count)
{
    json_t *list = json_array(), *rows = json_array();

    for (size_t i = 0; i < count; i++) {
        json_array_append_new(list,
                              describe_machine(summaries[i], directories[i]));
        add_machine(rows, summaries[i], i, count);
    }
    return json_pack("{s:i, s:o, s:o}", "schema", 1, "machines", list, "rows",
                     rows);
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text != NULL ? text : "?";
}

static void print_machines(const json_t *list, FILE *stream)
{
    const json_t *machine;
    size_t i;

    json_array_foreach(list, i, machine)
    {
        fprintf(stream, "machine %zu: %s, Linux %s, fingerprint %.16s, %s\n",
                i + 1, text_of(machine, "processor"),
                text_of(machine, "kernel"), text_of(machine, "fingerprint"),
                text_of(machine, "directory"));
    }
    fputc('\n', stream);
}

/* Native's own figure, or the ratio to native with its interval. */
static void print_column(const json_t *figures, const char *unit, FILE *stream)
{
    const json_t *ratio = json_object_get(figures, "ratio");
    char text[3 * CELL_TEXT_SIZE + 8] = "-";

    if (json_is_object(ratio)) {
        char median[CELL_TEXT_SIZE], low[CELL_TEXT_SIZE], high[CELL_TEXT_SIZE];

        text_ratio(json_number_value(json_object_get(ratio, "median")), median,
                   sizeof(median));
        text_ratio(json_number_value(json_object_get(ratio, "low")), low,
                   sizeof(low));
        text_ratio(json_number_value(json_object_get(ratio, "high")), high,
                   sizeof(high));
        if (json_is_number(json_object_get(ratio, "low")))
            snprintf(text, sizeof(text), "%s [%s %s]", median, low, high);
        else
            snprintf(text, sizeof(text), "%s", median);
    } else if (json_is_object(figures)) {
        text_quantity(json_number_value(json_object_get(figures, "median")),
                      unit, text, sizeof(text));
    }
    fprintf(stream, "  %*s", COLUMN_WIDTH, text);
}

static void print_headings(size_t machines, FILE *stream)
{
    char label[LABEL_SIZE];

    fprintf(stream, "%-*s %-*s", NAME_WIDTH, "workload", NAME_WIDTH,
            "platform");
    for (size_t i = 0; i < machines; i++) {
        snprintf(label, sizeof(label), "machine %zu", i + 1);
        fprintf(stream, "  %*s", COLUMN_WIDTH, label);
    }
    fputc('\n', stream);
}

void machines_print(const json_t *machines, const struct table_style *style,
                    FILE *stream)
{
    const json_t *list = json_object_get(machines, "machines"), *row, *figures;
    size_t i, j;

    print_machines(list, stream);
    print_headings(json_array_size(list), stream);
    json_array_foreach(json_object_get(machines, "rows"), i, row)
    {
        fprintf(stream, "%-*s %-*s", NAME_WIDTH, text_of(row, "workload"),
                NAME_WIDTH, text_of(row, "platform"));
        json_array_foreach(json_object_get(row, "machines"), j, figures)
        {
            print_column(figures, text_of(row, "unit"), stream);
        }
        fputc('\n', stream);
    }
    fputc('\n', stream);
    paragraph_print("",
                    "Native's own figures; for the other platforms ratios to "
                    "native on the same machine, with the 95 % interval. "
                    "Figures of different machines are never averaged.",
                    style, stream);
}
