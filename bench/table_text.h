/*
 * Figures and lines of the terminal table as text. A cell holds its text and
 * what it means, so that colour can be put round it without counting as width.
 */
#ifndef RINGSIDE_BENCH_TABLE_TEXT_H
#define RINGSIDE_BENCH_TABLE_TEXT_H

#include "bench/table.h"

#include <stddef.h>

enum { CELL_TEXT_SIZE = 64 };

enum tone { TONE_PLAIN, TONE_GOOD, TONE_BAD, TONE_DIM, TONES };

struct table_cell {
    char text[CELL_TEXT_SIZE];
    enum tone tone;
};

/* Three significant digits: 0.213, 2.13, 21.3, 213. */
void text_figure(double value, char *text, size_t size);

/* A ratio: as a figure, but no more than two decimals around 1, where a third
 * would be noise. */
void text_ratio(double value, char *text, size_t size);

/* A value with its unit in a scale that people read: ns become us, ms or s,
 * bytes become KiB, MiB or GiB, other units stay. */
void text_quantity(double value, const char *unit, char *text, size_t size);

/* Columns that UTF-8 text takes: a character each. */
int text_columns(const char *text);

/* Prints a cell, padded on its left (or on its right) to width columns. */
void cell_print(const struct table_cell *cell, int width, bool pad_left,
                const struct table_style *style, FILE *stream);

/* Prints a paragraph wrapped to the style's width, with a first word that the
 * following lines are indented by. */
void paragraph_print(const char *label, const char *text,
                     const struct table_style *style, FILE *stream);

#endif
