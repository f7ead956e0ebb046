/*
 * Rows of markers for gnuplot/dots.gp. See chart_rows.h.
 */
#include "report/chart_rows.h"

#include "report/assets.h"
#include "report/strings.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { HEADING_CHARACTERS = 48, NARROW_HEADING = 36 };

void rows_heading(struct rows *rows, const char *text)
{
    if (rows->heading_count == CHART_MAX_ROWS)
        return;
    rows->headings[rows->heading_count++] = (struct row_heading){
        .text = shorten(text, TEXT_MAX_CHARACTERS), .y = rows->height + 0.6};
    rows->height += 1.1;
}

void rows_gap(struct rows *rows)
{
    rows->height += 0.4;
}

struct row *rows_add(struct rows *rows, const struct look *look,
                     const char *label, const char *name)
{
    struct row *row;

    if (rows->count == CHART_MAX_ROWS)
        return NULL;
    row = &rows->list[rows->count++];
    *row = (struct row){.label = shorten(label, TEXT_MAX_CHARACTERS),
                        .name = shorten(name, TEXT_MAX_CHARACTERS),
                        .look = *look,
                        .y = rows->height + 0.5};
    rows->height++;
    return row;
}

/*
 * The axis holds every interval (and the band) with room to spare. Single
 * values may lie further out; they are drawn at the edge, and counted.
 */
static void find_range(struct rows *rows)
{
    rows->axis = CHART_AXIS_EMPTY;
    if (rows->reference)
        chart_axis_include(&rows->axis, 1 / (1 + rows->band), 1 + rows->band);
    for (size_t i = 0; i < rows->count; i++)
        chart_axis_include(&rows->axis, rows->list[i].figure.low,
                           rows->list[i].figure.high);
    chart_axis_widen(&rows->axis,
                     fmax(1.03, pow(rows->axis.high / rows->axis.low, 0.2)));
}

static void write_rows(const struct rows *rows, FILE *out)
{
    fputs("# y\tmedian\tlow\thigh\tcolour\tmarker\tplatform\tshort\tlong\t"
          "name\n",
          out);
    for (size_t i = 0; i < rows->count; i++) {
        const struct row *row = &rows->list[i];

        fprintf(out, "%g\t%.9g\t%.9g\t%.9g\t%u\t%d\t", row->y,
                row->figure.median, row->figure.low, row->figure.high,
                row->look.colour, row->look.point_type);
        chart_write_label(out, row->label.text, CHART_LABEL_CHARACTERS);
        fputc('\t', out);
        chart_write_label(out, row->brief, 24);
        fputc('\t', out);
        chart_write_label(out, row->full, 40);
        fputc('\t', out);
        chart_write_label(out, row->name.text, CHART_NAME_CHARACTERS);
        fputc('\n', out);
    }
}

static void write_headings(const struct rows *rows, FILE *out)
{
    fputs("\n\n# y\theading\tnarrow\n0\t\"\"\t\"\"\n", out);
    for (size_t i = 0; i < rows->heading_count; i++) {
        fprintf(out, "%g\t", rows->headings[i].y);
        chart_write_label(out, rows->headings[i].text.text, HEADING_CHARACTERS);
        fputc('\t', out);
        chart_write_label(out, rows->headings[i].text.text, NARROW_HEADING);
        fputc('\n', out);
    }
}

/* Single values, where there are few; edge is -1 or 1 when one lies beyond. */
static void write_values(const struct rows *rows, struct chart *chart,
                         FILE *out)
{
    fputs("\n\n# y\tvalue\tcolour\tedge\n", out);
    for (size_t i = 0; i < rows->count; i++) {
        const struct row *row = &rows->list[i];

        if (row->count >= CHART_MAX_POINTS)
            continue;
        for (size_t k = 0; k < row->count; k++) {
            const double value = row->values[k];
            const int edge =
                (value > rows->axis.high) - (value < rows->axis.low);

            chart->clipped += edge != 0;
            fprintf(out, "%g\t%.9g\t%u\t%d\n", row->y,
                    fmin(fmax(value, rows->axis.low), rows->axis.high),
                    row->look.colour, edge);
            chart->has_points = true;
        }
    }
    /* Off the chart: gnuplot 5.4 breaks down over labels of one lone point. */
    for (int i = 0; i < 2; i++)
        fprintf(out, "-9\t%.9g\t0\t0\n", rows->axis.low);
}

static void write_settings(const struct rows *rows, FILE *out)
{
    fprintf(out, "rows = %.2f\nlow = %.9g\nhigh = %.9g\n", rows->height,
            rows->axis.low, rows->axis.high);
    fprintf(out, "reference = %d\nband = %.9g\n", rows->reference, rows->band);
    fputs("word_left = ", out);
    chart_write_label(out, rows->left != NULL ? rows->left : "", 40);
    fputs("\nword_right = ", out);
    chart_write_label(out, rows->right != NULL ? rows->right : "", 40);
    fputc('\n', out);
    chart_write_log_ticks(out, &rows->axis, rows->unit, 6);
}

/* Every row under the heading that is over it. */
static void describe(const struct rows *rows, const char *title, FILE *out)
{
    size_t heading = 0;

    fprintf(out, "%s:", title);
    for (size_t i = 0; i < rows->count; i++) {
        const struct row *row = &rows->list[i];
        bool first = i == 0;

        while (heading < rows->heading_count &&
               rows->headings[heading].y < row->y) {
            fprintf(out, " %s:", rows->headings[heading++].text.text);
            first = true;
        }
        fprintf(out, "%s %s %s", first ? "" : ";", row->label.text, row->full);
    }
    fputc('.', out);
}

int rows_write(struct rows *rows, const char *title, struct chart *chart)
{
    struct chart_streams streams;

    chart->script = report_asset_dots;
    chart->rows = rows->count;
    if (rows->count == 0)
        return 0;
    find_range(rows);
    if (chart_streams_open(chart, &streams)) {
        write_rows(rows, streams.data);
        write_headings(rows, streams.data);
        write_values(rows, chart, streams.data);
        write_settings(rows, streams.settings);
        describe(rows, title, streams.description);
    }
    chart->title = strdup(title);
    return chart_streams_close(chart, &streams) < 0 || chart->title == NULL
               ? -ENOMEM
               : 0;
}

void rows_release(struct rows *rows)
{
    for (size_t i = 0; i < rows->count; i++)
        free(rows->list[i].values);
    rows->count = 0;
}
