/*
 * Filling a table. See grid.h; grid_write.c writes it.
 */
#include "report/grid_cells.h"

#include <stdlib.h>
#include <string.h>

static struct grid_cell *add(struct grid *grid, enum grid_kind kind)
{
    if (grid->count == grid->capacity) {
        const size_t larger = grid->capacity == 0 ? 64 : grid->capacity * 2;
        struct grid_cell *cells =
            reallocarray(grid->cells, larger, sizeof(*cells));

        if (cells == NULL) {
            grid->failed = true;
            return NULL;
        }
        grid->cells = cells;
        grid->capacity = larger;
    }
    grid->cells[grid->count] = (struct grid_cell){.kind = kind};
    return &grid->cells[grid->count++];
}

static void add_text(struct grid *grid, enum grid_kind kind, const char *text,
                     const char *detail)
{
    struct grid_cell *cell = add(grid, kind);

    if (cell == NULL)
        return;
    cell->text = strdup(text);
    cell->detail = detail != NULL ? strdup(detail) : NULL;
    if (cell->text == NULL || (detail != NULL && cell->detail == NULL))
        grid->failed = true;
}

void grid_head(struct grid *grid, const char *text)
{
    if (grid->columns < GRID_MAX_COLUMNS)
        grid->heads[grid->columns++] = text;
}

void grid_caption(struct grid *grid, const char *text)
{
    add_text(grid, GRID_CAPTION, text, NULL);
}

void grid_text(struct grid *grid, const char *text)
{
    add_text(grid, GRID_TEXT, text, NULL);
}

void grid_value(struct grid *grid, const char *value, const char *interval)
{
    add_text(grid, GRID_VALUE, value, interval);
}

void grid_missing(struct grid *grid, const char *why)
{
    add_text(grid, GRID_MISSING, why != NULL ? why : "–", NULL);
}

void grid_platform(struct grid *grid, const struct platform_entry *platform)
{
    struct grid_cell *cell = add(grid, GRID_PLATFORM);

    if (cell != NULL)
        cell->platform = platform;
}

void grid_verdict(struct grid *grid, enum verdict_word verdict,
                  enum workload_group group)
{
    struct grid_cell *cell = add(grid, GRID_VERDICT);

    if (cell == NULL)
        return;
    cell->verdict = verdict;
    cell->group = group;
}

size_t grid_column(const struct grid *grid, size_t index)
{
    size_t column = 0;

    for (size_t i = 0; i < index; i++)
        column = grid->cells[i].kind == GRID_CAPTION
                     ? 0
                     : (column + 1) % grid->columns;
    return column;
}

void grid_fill(struct grid *grid)
{
    while (!grid->failed && grid_column(grid, grid->count) != 0)
        grid_text(grid, "");
}

void grid_release(struct grid *grid)
{
    for (size_t i = 0; i < grid->count; i++) {
        free(grid->cells[i].text);
        free(grid->cells[i].detail);
    }
    free(grid->cells);
    *grid = (struct grid){0};
}
