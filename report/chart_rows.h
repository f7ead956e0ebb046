/*
 * A chart of medians as large markers with their intervals as bars, a row
 * each, under headings; what gnuplot/dots.gp draws.
 */
#ifndef RINGSIDE_REPORT_CHART_ROWS_H
#define RINGSIDE_REPORT_CHART_ROWS_H

#include "report/chart.h"
#include "report/palette.h"
#include "report/text.h"

struct row {
    struct short_text label, name; /* wide and narrow, left of the axis */
    char brief[48], full[96];      /* the value, right of the axis */
    struct figure figure;          /* in the unit of the axis */
    double *values;                /* single values, same unit; owned */
    size_t count;
    struct look look;
    double y; /* rows from the top */
};

struct row_heading {
    struct short_text text;
    double y;
};

/* Starts zeroed but for reference, band and unit; rows_release frees it. */
struct rows {
    bool reference;           /* ratios: 1 is marked, with the band around it */
    double band;              /* half-width of equivalence */
    const char *unit;         /* of the axis: "×" for ratios */
    const char *left, *right; /* words under the two sides of 1 */
    struct row list[CHART_MAX_ROWS];
    size_t count;
    struct row_heading headings[CHART_MAX_ROWS];
    size_t heading_count;
    double height; /* rows */
    struct chart_axis axis;
};

/* A heading for the rows that follow. */
void rows_heading(struct rows *rows, const char *text);

/* Room between what was and what follows. */
void rows_gap(struct rows *rows);

/* A row to fill in, placed below the last; NULL when there are too many. */
struct row *rows_add(struct rows *rows, const struct look *look,
                     const char *label, const char *name);

/* Writes data, settings and description. Errors: -ENOMEM. */
int rows_write(struct rows *rows, const char *title, struct chart *chart);

void rows_release(struct rows *rows);

#endif
