/*
 * What was measured: the table at a glance, a section for each figure with
 * its chart and the table behind it, and the table of everything.
 */
#include "report/html.h"
#include "report/markup.h"
#include "report/numbers.h"
#include "report/page.h"
#include "report/sentences.h"
#include "report/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SUMMARY_MAX_COLUMNS = 14 };

/* Groups whose figures are read as ratios; the others as they are. */
static bool shows_ratio(enum workload_group group)
{
    return group == GROUP_CPU || group == GROUP_MEMORY ||
           group == GROUP_FILES || group == GROUP_MACRO;
}

static void write_summary_cell(FILE *out, const struct cell *cell)
{
    const enum workload_group group =
        cell != NULL ? cell->workload->group : GROUP_OWN;

    if (cell == NULL || cell->value.n == 0) {
        fputs("<td class=\"missing\">–</td>", out);
        return;
    }
    fputs("<td>", out);
    if (shows_ratio(group) && cell->ratio.n > 0)
        html(out, "<b>%s×</b>", number_ratio(cell->ratio.median).text);
    else
        html(out, "<b>%s</b>",
             number_value(cell->value.median, cell->unit).text);
    if (!platform_is_native(cell->platform))
        html(out,
             " <span class=\"verdict %s\" title=\"%s\">%s"
             "<span class=\"spoken\"> %s</span></span>",
             verdict_class(cell->verdict), verdict_text(cell->verdict, group),
             verdict_sign(cell->verdict), verdict_text(cell->verdict, group));
    fputs("</td>", out);
}

/* The workloads that have a column, in the order of the sections. */
static size_t summary_columns(
    const struct record *record,
    const struct workload_entry *columns[SUMMARY_MAX_COLUMNS])
{
    size_t count = 0;

    for (enum workload_group group = 0; group < GROUPS; group++)
        for (size_t i = 0;
             i < record->workload_count && count < SUMMARY_MAX_COLUMNS; i++)
            if (record->workloads[i].group == group)
                columns[count++] = &record->workloads[i];
    return count;
}

static void write_summary_head(FILE *out,
                               const struct workload_entry *const *columns,
                               size_t count)
{
    static const enum verdict_word words[] = {
        WORD_FASTER, WORD_SLOWER, WORD_EQUIVALENT, WORD_INCONCLUSIVE};

    page_section(out, "glance", "glance.heading");
    html(out, "<p>%s ", say("glance.lead"));
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
        fputs(i > 0 ? ", " : "", out);
        page_verdict(out, words[i], GROUP_START);
    }
    html(out,
         ".</p>\n<div class=\"scroll\"><table class=\"glance\">\n"
         "<thead><tr><th scope=\"col\">%s</th>",
         say("table.platform"));
    for (size_t i = 0; i < count; i++)
        html(out, "<th scope=\"col\">%s</th>",
             shorten(workload_title(columns[i]), 32).text);
    fputs("</tr></thead>\n<tbody>\n", out);
}

void page_summary(FILE *out, const struct record *record)
{
    const struct workload_entry *columns[SUMMARY_MAX_COLUMNS];
    const size_t count = summary_columns(record, columns);

    if (count == 0 || record->platform_count == 0)
        return;
    write_summary_head(out, columns, count);
    for (size_t i = 0; i < record->platform_count; i++) {
        const struct platform_entry *platform = &record->platforms[i];

        if (platform->left_out)
            continue;
        fputs("<tr><th scope=\"row\">", out);
        page_platform(out, record, platform);
        fputs("</th>", out);
        for (size_t k = 0; k < count; k++)
            write_summary_cell(out,
                               record_cell(record, platform, columns[k], NULL));
        fputs("</tr>\n", out);
    }
    fputs("</tbody></table></div>\n</section>\n", out);
}

static void write_chart(FILE *out, const struct record *record,
                        const struct page_figure *figure)
{
    const struct chart *chart = &figure->chart;
    char narrow[sizeof(chart->name) + 8];
    char *caption;

    if (!chart->drawn)
        return;
    snprintf(narrow, sizeof(narrow), "%s-narrow", chart->name);
    fputs("<figure>\n", out);
    svg_write_inline(out, &chart->picture[CHART_WIDE], "chart wide",
                     chart->name, chart->title, chart->description);
    svg_write_inline(out, &chart->picture[CHART_NARROW], "chart narrow", narrow,
                     chart->title, chart->description);
    html(out, "<figcaption>%s", figure_text(figure, "note"));
    if (!chart->has_points)
        html(out, " %s", say("charts.no-points"));
    if (chart->clipped > 0) {
        fputs(" ", out);
        say_html(out, "charts.clipped", number_count(chart->clipped).text);
    }
    caption = figure_caption(record, figure, FORM_HTML);
    fprintf(out, "<span class=\"source\">%s</span>",
            caption != NULL ? caption : "");
    free(caption);
    fputs("</figcaption>\n</figure>\n", out);
}

/* Closed where there is a chart to look at first. */
static void write_table(FILE *out, const struct record *record,
                        const struct page_figure *figure)
{
    struct grid grid = {.record = record};

    figure->kind->table(&grid, record, figure);
    if (grid.count > 0) {
        html(out, "<details class=\"data\"%s><summary>%s</summary>\n",
             figure->chart.drawn ? "" : " open", say("figure.table"));
        grid_write(&grid, FORM_HTML, out);
        fputs("</details>\n", out);
    }
    grid_release(&grid);
}

void page_figure(FILE *out, const struct record *record,
                 const struct page_figure *figure)
{
    const char *topic = figure_text(figure, "topic");

    html(out, "<section id=\"%s\">\n", figure->chart.name);
    if (figure->finding != NULL)
        html(out, "<h2><span class=\"topic\">%s</span> %s</h2>\n", topic,
             figure->finding);
    else
        html(out, "<h2>%s</h2>\n", topic);
    html(out, "<p>%s</p>\n", figure_text(figure, "lead"));
    if (figure->chart.rows == 0)
        html(out, "<p class=\"note\">%s</p>\n", say("charts.nothing"));
    write_chart(out, record, figure);
    write_table(out, record, figure);
    fputs("</section>\n", out);
}

/* The least or the most value, where it is known. */
static void add_end(struct grid *grid, const struct cell *cell, double value)
{
    if (isnan(value))
        grid_missing(grid, NULL);
    else
        grid_text(grid, number_value(value, cell->unit).text);
}

static void add_everything(struct grid *grid, const struct cell *cell)
{
    grid_text(grid, shorten(cell->workload->name, 40).text);
    grid_text(grid, shorten(cell->metric, 40).text);
    grid_text(grid, shorten(cell->platform->name, 40).text);
    grid_text(grid, number_count(cell->value.n).text);
    grid_value(grid, number_value(cell->value.median, cell->unit).text,
               number_interval(&cell->value, cell->unit).text);
    add_end(grid, cell, cell->minimum);
    add_end(grid, cell, cell->maximum);
    grid_text(grid,
              cell->ratio.n > 0 ? number_ratio_figure(&cell->ratio).text : "");
}

/* Every cell there is, secondary metrics too; closed until asked for. */
void page_everything(FILE *out, const struct record *record)
{
    static const char *const heads[] = {
        "table.workload", "table.metric", "table.platform", "table.n",
        "table.median",   "table.least",  "table.most",     "table.ratio",
    };
    struct grid grid = {.record = record};

    if (record->cell_count == 0)
        return;
    for (size_t i = 0; i < sizeof(heads) / sizeof(*heads); i++)
        grid_head(&grid, say(heads[i]));
    for (size_t i = 0; i < record->cell_count; i++)
        if (!record->cells[i].platform->left_out &&
            record->cells[i].value.n > 0)
            add_everything(&grid, &record->cells[i]);
    page_section(out, "everything", "everything.heading");
    html(out, "<details><summary>%s</summary>\n", say("everything.summary"));
    grid_write(&grid, FORM_HTML, out);
    fputs("</details>\n</section>\n", out);
    grid_release(&grid);
}
