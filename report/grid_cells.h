/* Inside of grid.h, shared by filling and writing. */
#ifndef RINGSIDE_REPORT_GRID_CELLS_H
#define RINGSIDE_REPORT_GRID_CELLS_H

#include "report/grid.h"

enum grid_kind {
    GRID_TEXT,
    GRID_VALUE,
    GRID_MISSING,
    GRID_PLATFORM,
    GRID_VERDICT,
    GRID_CAPTION, /* a whole row */
};

struct grid_cell {
    enum grid_kind kind;
    char *text, *detail; /* NULL where the kind has none */
    const struct platform_entry *platform;
    enum verdict_word verdict;
    enum workload_group group;
};

/* The column of the cell at index: where the next one goes at the end. */
size_t grid_column(const struct grid *grid, size_t index);

#endif
