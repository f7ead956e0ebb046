/* From the judged cells of a summary to columns of text. */
#include "bench/table_columns.h"

#include "bench/results_format.h"
#include "bench/results_text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void table_note_mark(size_t index, char mark[8])
{
    if (index < 26)
        snprintf(mark, 8, "%c", (char)('a' + index));
    else
        snprintf(mark, 8, "%c%c", (char)('a' + (index / 26 - 1) % 26),
                 (char)('a' + index % 26));
}

static double number_of(const json_t *object, const char *key)
{
    return json_number_value(json_object_get(object, key));
}

static bool has_number(const json_t *object, const char *key)
{
    return json_is_number(json_object_get(object, key));
}

static const char *string_of(const json_t *object, const char *key)
{
    const char *string = json_string_value(json_object_get(object, key));

    return string != NULL && text_is_line(string, 2 * RESULT_MAX_TEXT) ? string
                                                                       : "";
}

static const json_t *judged_cell(const struct table *table, size_t platform,
                                 size_t workload)
{
    return table->judged[platform * table->header.workload_count + workload];
}

static const json_t *cell_with_figure(const struct table *table,
                                      size_t platform, size_t workload)
{
    const json_t *cell = judged_cell(table, platform, workload);

    return has_number(cell, "median") ? cell : NULL;
}

/* Puts the cells that workloads are judged by in their places. */
static int index_cells(struct table *table, const json_t *summary,
                       struct error *error)
{
    const struct result_header *header = &table->header;
    const json_t *cells = json_object_get(summary, "cells");
    const json_t *cell;
    size_t i;

    table->judged = calloc(header->platform_count * header->workload_count + 1,
                           sizeof(*table->judged));
    if (table->judged == NULL)
        return error_errno(error, ENOMEM, "table");
    if (!json_is_array(cells))
        return error_set(error, EINVAL, "cells: expected a list");
    json_array_foreach(cells, i, cell)
    {
        int platform =
            result_platform_index(header, string_of(cell, "platform"));
        int workload =
            result_workload_index(header, string_of(cell, "workload"));

        if (platform >= 0 && workload >= 0 &&
            json_is_true(json_object_get(cell, "primary")))
            table->judged[(size_t)platform * header->workload_count +
                          (size_t)workload] = cell;
    }
    return 0;
}

/* The number of the note for a missing cell, added where it is new. */
static int note_for(struct table *table, size_t platform, size_t workload,
                    size_t *index)
{
    struct table_note note = {
        .platform = table->header.platforms[platform].name,
        .why = string_of(judged_cell(table, platform, workload), "why"),
    };
    struct table_note *grown;

    if (note.why[0] == '\0')
        note.why = "the summary has no such cell";
    for (*index = 0; *index < table->note_count; ++*index)
        if (table->notes[*index].platform == note.platform &&
            strcmp(table->notes[*index].why, note.why) == 0)
            return 0;
    grown = reallocarray(table->notes, table->note_count + 1, sizeof(*grown));
    if (grown == NULL)
        return -ENOMEM;
    table->notes = grown;
    grown[table->note_count++] = note;
    return 0;
}

static int missing_cell(struct table *table, size_t platform, size_t workload,
                        struct table_cell *cell)
{
    size_t index;
    char mark[8];
    int result = note_for(table, platform, workload, &index);

    if (result < 0)
        return result;
    table_note_mark(index, mark);
    snprintf(cell->text, sizeof(cell->text), "- %s", mark);
    cell->tone = TONE_DIM;
    return 0;
}

static void count_values(struct table *table, const json_t *cell)
{
    int64_t n = json_integer_value(json_object_get(cell, "n"));

    if (table->smallest_n == 0 || n < table->smallest_n)
        table->smallest_n = n;
    if (n > table->largest_n)
        table->largest_n = n;
}

/* "2.10 [2.05 2.16]" in milliseconds. */
static void time_cell(const json_t *figure, const struct table_style *style,
                      struct table_cell *cell)
{
    char median[16], low[16], high[16];

    (void)style;
    text_figure(number_of(figure, "median") / 1e6, median, sizeof(median));
    text_figure(number_of(figure, "low") / 1e6, low, sizeof(low));
    text_figure(number_of(figure, "high") / 1e6, high, sizeof(high));
    if (has_number(figure, "low"))
        snprintf(cell->text, sizeof(cell->text), "%s [%s %s]", median, low,
                 high);
    else
        snprintf(cell->text, sizeof(cell->text), "%s", median);
}

static void memory_cell(const json_t *figure, const struct table_style *style,
                        struct table_cell *cell)
{
    (void)style;
    text_figure(number_of(figure, "median") / (1024 * 1024), cell->text,
                sizeof(cell->text));
}

/* "8.10 ▼": the ratio to native and the mark of its verdict. */
static void ratio_cell(const json_t *figure, const struct table_style *style,
                       struct table_cell *cell)
{
    static const struct {
        const char *verdict, *ascii, *utf8;
        enum tone tone;
    } marks[] = {
        {"equivalent", "=", "=", TONE_PLAIN},
        {"inconclusive", "~", "~", TONE_DIM},
        {"faster", "^", "▲", TONE_GOOD},
        {"slower", "v", "▼", TONE_BAD},
    };
    const json_t *ratio = json_object_get(figure, "ratio");
    const char *verdict = string_of(ratio, "verdict_corrected");
    const char *mark = " ";
    char text[16];

    if (*verdict == '\0') /* the control takes no part in the correction */
        verdict = string_of(ratio, "verdict");
    if (!has_number(ratio, "median")) { /* native's own, or there is none */
        bool native = strcmp(string_of(figure, "platform"), "native") == 0;

        snprintf(cell->text, sizeof(cell->text), native ? "1  " : "-  ");
        return;
    }
    for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
        if (strcmp(verdict, marks[i].verdict) == 0) {
            mark = style->utf8 ? marks[i].utf8 : marks[i].ascii;
            cell->tone = marks[i].tone;
        }
    text_ratio(number_of(ratio, "median"), text, sizeof(text));
    snprintf(cell->text, sizeof(cell->text), "%s %s", text, mark);
}

/* What a column shows of a workload's judged cells. */
struct column_kind {
    const char *heading; /* second line; NULL: native's own figure */
    void (*format)(const json_t *figure, const struct table_style *style,
                   struct table_cell *cell);
    bool starts_group;
};

static const struct column_kind times = {"ms [95 %]", time_cell, true};
static const struct column_kind time_ratios = {"ratio  ", ratio_cell, false};
static const struct column_kind ratios = {NULL, ratio_cell, true};
static const struct column_kind memories = {"MiB", memory_cell, true};

/* The figure that a column of ratios is relative to. */
static void reference_heading(const struct table *table, size_t workload,
                              struct table_cell *cell)
{
    int native = result_platform_index(&table->header, "native");
    const json_t *figure =
        native >= 0 ? cell_with_figure(table, (size_t)native, workload) : NULL;

    if (figure != NULL)
        text_quantity(number_of(figure, "median"), string_of(figure, "unit"),
                      cell->text, sizeof(cell->text));
}

/* Fills one column; only the first of a workload counts and explains. */
static int fill_column(struct table *table, struct table_column *column,
                       const struct column_kind *kind, size_t workload,
                       const struct table_style *style)
{
    int result = 0;

    column->starts_group = kind->starts_group;
    if (kind->starts_group)
        snprintf(column->heading[0].text, CELL_TEXT_SIZE, "%s",
                 table->header.workloads[workload].name);
    if (kind->heading != NULL)
        snprintf(column->heading[1].text, CELL_TEXT_SIZE, "%s", kind->heading);
    else
        reference_heading(table, workload, &column->heading[1]);
    for (size_t i = 0; i < table->header.platform_count && result == 0; i++) {
        const json_t *figure = cell_with_figure(table, i, workload);

        if (figure == NULL) {
            if (kind->starts_group)
                result = missing_cell(table, i, workload, &column->cells[i]);
            continue;
        }
        kind->format(figure, style, &column->cells[i]);
        count_values(table, figure);
    }
    return result;
}

static void measure_column(struct table_column *column, size_t rows)
{
    for (size_t i = 0; i < rows + 2; i++) {
        const struct table_cell *cell =
            i < 2 ? &column->heading[i] : &column->cells[i - 2];
        int width = text_columns(cell->text);

        if (width > column->width)
            column->width = width;
    }
}

static int add_column(struct table *table, const struct column_kind *kind,
                      size_t workload, const struct table_style *style)
{
    size_t rows = table->header.platform_count;
    struct table_column *column = &table->columns[table->column_count];
    int result;

    column->cells = calloc(rows + 1, sizeof(*column->cells));
    if (column->cells == NULL)
        return -ENOMEM;
    table->column_count++;
    result = fill_column(table, column, kind, workload, style);
    measure_column(column, rows);
    return result;
}

/* The columns of a workload, by its group. */
static int add_workload(struct table *table, size_t workload,
                        const struct table_style *style)
{
    const char *group = table->header.workloads[workload].group;
    int result;

    if (strcmp(group, "idle") == 0)
        return add_column(table, &memories, workload, style);
    if (strcmp(group, "start") != 0 && strcmp(group, "own") != 0)
        return add_column(table, &ratios, workload, style);
    result = add_column(table, &times, workload, style);
    return result < 0 ? result
                      : add_column(table, &time_ratios, workload, style);
}

/* The order of the table: what starts, what computes, what idles. */
static int order_of(const char *group)
{
    if (strcmp(group, "start") == 0 || strcmp(group, "own") == 0)
        return 0;
    return strcmp(group, "idle") == 0 ? 2 : 1;
}

int table_build(const json_t *summary, const struct table_style *style,
                struct table *table, struct error *error)
{
    int result;

    memset(table, 0, sizeof(*table));
    result = header_decode(json_object_get(summary, "header"), &table->header,
                           error);
    if (result < 0)
        return error_prefix(error, "header");
    result = index_cells(table, summary, error);
    if (result < 0)
        return result;
    table->columns =
        calloc(2 * table->header.workload_count + 1, sizeof(*table->columns));
    if (table->columns == NULL)
        return error_errno(error, ENOMEM, "table");
    for (int order = 0; order < 3; order++)
        for (size_t i = 0; i < table->header.workload_count; i++)
            if (order_of(table->header.workloads[i].group) == order &&
                add_workload(table, i, style) < 0)
                return error_errno(error, ENOMEM, "table");
    return 0;
}

void table_release(struct table *table)
{
    for (size_t i = 0; i < table->column_count; i++)
        free(table->columns[i].cells);
    free(table->columns);
    free(table->notes);
    free(table->judged);
    result_header_release(&table->header);
    memset(table, 0, sizeof(*table));
}
