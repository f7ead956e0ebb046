/*
 * The table before it is printed: columns of cells, a row a platform, and the
 * notes that missing cells refer to.
 */
#ifndef RINGSIDE_BENCH_TABLE_COLUMNS_H
#define RINGSIDE_BENCH_TABLE_COLUMNS_H

#include "bench/results.h"
#include "bench/table_text.h"

/* A column and its heading of two lines. */
struct table_column {
    struct table_cell heading[2];
    struct table_cell *cells; /* a row each */
    int width;
    bool starts_group; /* may begin a new line of the table */
};

/* Why a cell is missing: shared by the cells of one platform and reason. */
struct table_note {
    const char *platform; /* borrowed from the header */
    const char *why;      /* borrowed from the summary */
};

struct table {
    struct result_header header;
    /* Judged cells of the summary by platform, then workload; NULL: none. */
    const json_t **judged;
    struct table_column *columns;
    size_t column_count;
    struct table_note *notes;
    size_t note_count;
    int64_t smallest_n, largest_n; /* of the figures shown; 0: none */
};

/*
 * Lays out a summary. Errors: -EINVAL for one that docs/results.md does not
 * describe, -ENOMEM; *table needs releasing in either case. It borrows from
 * summary.
 */
int table_build(const json_t *summary, const struct table_style *style,
                struct table *table, struct error *error);

void table_release(struct table *table);

/* The letters of a note: a, b, ... z, aa, ab, ... */
void table_note_mark(size_t index, char mark[8]);

#endif
