/*
 * A table as HTML, Markdown or plain text. See grid.h.
 */
#include "report/grid_cells.h"
#include "report/html.h"
#include "report/markup.h"
#include "report/page.h"
#include "report/sentences.h"
#include "report/text.h"

#include <string.h>

struct cell_text {
    char text[2 * sizeof(struct short_text) + 2];
};

/* What a cell says, without markup, at most so long. */
static struct cell_text plain_text(const struct grid_cell *cell)
{
    struct cell_text text = {0};

    switch (cell->kind) {
    case GRID_PLATFORM:
        snprintf(text.text, sizeof(text.text), "%s",
                 shorten(cell->platform->title, 36).text);
        break;
    case GRID_VERDICT:
        snprintf(text.text, sizeof(text.text), "%s %s",
                 verdict_sign(cell->verdict),
                 verdict_text(cell->verdict, cell->group));
        break;
    default:
        snprintf(text.text, sizeof(text.text), "%s%s%s",
                 shorten(cell->text, TEXT_MAX_CHARACTERS).text,
                 cell->detail != NULL ? " " : "",
                 cell->detail != NULL
                     ? shorten(cell->detail, TEXT_MAX_CHARACTERS).text
                     : "");
    }
    return text;
}

static void write_html_cell(const struct grid *grid,
                            const struct grid_cell *cell, bool first, FILE *out)
{
    fputs(first                        ? "<tr><th scope=\"row\">"
          : cell->kind == GRID_MISSING ? "<td class=\"missing\">"
                                       : "<td>",
          out);
    if (cell->kind == GRID_PLATFORM)
        fputs(markup_platform(grid->record, cell->platform, FORM_HTML).text,
              out);
    else if (cell->kind == GRID_VERDICT)
        page_verdict(out, cell->verdict, cell->group);
    else if (cell->detail != NULL)
        html(out, "<b>%s</b> <span class=\"interval\">%s</span>", cell->text,
             cell->detail);
    else
        html(out, "%s", cell->text);
    fputs(first ? "</th>" : "</td>", out);
}

static void write_html(const struct grid *grid, FILE *out)
{
    size_t column = 0;

    html(out, "<div class=\"scroll\"><table class=\"%s\">\n<thead><tr>",
         grid->class_name != NULL ? grid->class_name : "cells");
    for (size_t i = 0; i < grid->columns; i++)
        html(out, "<th scope=\"col\">%s</th>", grid->heads[i]);
    fputs("</tr></thead>\n<tbody>\n", out);
    for (size_t i = 0; i < grid->count; i++) {
        const struct grid_cell *cell = &grid->cells[i];

        if (cell->kind == GRID_CAPTION) {
            if (i > 0)
                fputs("</tbody>\n<tbody>\n", out);
            html(out,
                 "<tr class=\"caption\"><th colspan=\"%zu\">%s</th></tr>\n",
                 grid->columns, cell->text);
            continue;
        }
        write_html_cell(grid, cell, column == 0, out);
        column = (column + 1) % grid->columns;
        fputs(column == 0 ? "</tr>\n" : "", out);
    }
    fputs("</tbody></table></div>\n", out);
}

static void write_markdown_row(const struct grid *grid, FILE *out,
                               const char *fill)
{
    for (size_t i = 0; i < grid->columns; i++)
        fprintf(out, "|%s", fill);
    fputs("|\n", out);
}

static void write_markdown(const struct grid *grid, FILE *out)
{
    size_t column = 0;

    for (size_t i = 0; i < grid->columns; i++) {
        fputs("| ", out);
        say_escaped(out, FORM_MARKDOWN, grid->heads[i]);
        fputs(" ", out);
    }
    fputs("|\n", out);
    write_markdown_row(grid, out, "---");
    for (size_t i = 0; i < grid->count; i++) {
        const struct grid_cell *cell = &grid->cells[i];

        fputs(cell->kind == GRID_CAPTION ? "| **" : "| ", out);
        say_escaped(out, FORM_MARKDOWN, plain_text(cell).text);
        fputs(cell->kind == GRID_CAPTION ? "** " : " ", out);
        if (cell->kind == GRID_CAPTION) {
            for (size_t k = 1; k < grid->columns; k++)
                fputs("| ", out);
            fputs("|\n", out);
            continue;
        }
        column = (column + 1) % grid->columns;
        fputs(column == 0 ? "|\n" : "", out);
    }
    fputs("\n", out);
}

/* Columns that a terminal needs: two for Hangul, one for the rest. */
static size_t width_of(const char *text)
{
    size_t width = 0;

    for (const unsigned char *at = (const unsigned char *)text; *at != '\0';
         at++)
        if ((*at & 0xc0) != 0x80)
            width += *at >= 0xea && *at <= 0xed ? 2 : 1;
    return width;
}

static void pad(FILE *out, const char *text, size_t width, bool last)
{
    say_escaped(out, FORM_PLAIN, text);
    for (size_t i = width_of(text); !last && i < width + 2; i++)
        fputc(' ', out);
}

static void find_widths(const struct grid *grid,
                        size_t widths[GRID_MAX_COLUMNS])
{
    size_t column = 0;

    for (size_t i = 0; i < grid->columns; i++)
        widths[i] = width_of(grid->heads[i]);
    for (size_t i = 0; i < grid->count; i++) {
        size_t width;

        if (grid->cells[i].kind == GRID_CAPTION)
            continue;
        width = width_of(plain_text(&grid->cells[i]).text);
        if (width > widths[column])
            widths[column] = width;
        column = (column + 1) % grid->columns;
    }
}

static void write_plain(const struct grid *grid, FILE *out)
{
    size_t widths[GRID_MAX_COLUMNS], column = 0;

    find_widths(grid, widths);
    for (size_t i = 0; i < grid->columns; i++)
        pad(out, grid->heads[i], widths[i], i + 1 == grid->columns);
    fputc('\n', out);
    for (size_t i = 0; i < grid->count; i++) {
        const struct grid_cell *cell = &grid->cells[i];

        if (cell->kind == GRID_CAPTION) {
            fputc('\n', out);
            say_escaped(out, FORM_PLAIN, plain_text(cell).text);
            fputc('\n', out);
            continue;
        }
        pad(out, plain_text(cell).text, widths[column],
            column + 1 == grid->columns);
        column = (column + 1) % grid->columns;
        fputs(column == 0 ? "\n" : "", out);
    }
    fputc('\n', out);
}

void grid_write(const struct grid *grid, enum text_form form, FILE *out)
{
    if (grid->failed || grid->columns == 0)
        return;
    if (form == FORM_HTML)
        write_html(grid, out);
    else if (form == FORM_MARKDOWN)
        write_markdown(grid, out);
    else
        write_plain(grid, out);
}
