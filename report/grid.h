/*
 * A table of the report: filled cell by cell, then written as HTML, Markdown
 * or plain text. Cells keep what they are (a platform, a figure, a verdict),
 * so that each form shows them in its own way.
 */
#ifndef RINGSIDE_REPORT_GRID_H
#define RINGSIDE_REPORT_GRID_H

#include "report/numbers.h"
#include "report/record.h"
#include "report/strings.h"

enum { GRID_MAX_COLUMNS = 16 };

struct grid_cell;

/* Starts as {.record = record}; grid_release frees it. */
struct grid {
    const struct record *record;
    const char *class_name; /* of the HTML table; "cells" when NULL */
    const char *heads[GRID_MAX_COLUMNS]; /* texts, not keys */
    size_t columns;
    struct grid_cell *cells;
    size_t count, capacity;
    bool failed; /* no memory; nothing is written then */
};

/* Adds a column, before any cell. */
void grid_head(struct grid *grid, const char *text);

/* A row of its own across the table: what the rows below belong to. */
void grid_caption(struct grid *grid, const char *text);

/* Cells from left to right; text is copied and is somebody else's. */
void grid_text(struct grid *grid, const char *text);
void grid_platform(struct grid *grid, const struct platform_entry *platform);
void grid_value(struct grid *grid, const char *value, const char *interval);
void grid_verdict(struct grid *grid, enum verdict_word verdict,
                  enum workload_group group);

/* Says that there is nothing, and why if that is known (else NULL). */
void grid_missing(struct grid *grid, const char *why);

/* Empty cells to the end of the row. */
void grid_fill(struct grid *grid);

void grid_write(const struct grid *grid, enum text_form form, FILE *out);

void grid_release(struct grid *grid);

#endif
