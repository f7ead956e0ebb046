/*
 * What was measured: the table at a glance, a section for each figure with
 * its chart and the table behind it, and the table of everything.
 */
#include "report/html.h"
#include "report/numbers.h"
#include "report/page.h"
#include "report/sentences.h"
#include "report/text.h"

#include <string.h>

enum { SUMMARY_MAX_COLUMNS = 14 };

/* Groups whose figures are read as ratios; the others as they are. */
static bool shows_ratio(enum workload_group group)
{
    return group == GROUP_CPU || group == GROUP_MEMORY;
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

void page_summary(FILE *out, const struct record *record)
{
    const struct workload_entry *columns[SUMMARY_MAX_COLUMNS];
    const size_t count = summary_columns(record, columns);

    if (count == 0 || record->platform_count == 0)
        return;
    fputs("<section id=\"glance\">\n<h2>At a glance</h2>\n"
          "<p>Medians; × means times native. The sign is the verdict against "
          "native: "
          "<span class=\"verdict faster\">▲ faster (or less memory)</span>, "
          "<span class=\"verdict slower\">▼ slower (or more)</span>, "
          "<span class=\"verdict equivalent\">≈ equivalent</span>, "
          "<span class=\"verdict\">? inconclusive</span>.</p>\n"
          "<div class=\"scroll\"><table class=\"glance\">\n<thead><tr>"
          "<th scope=\"col\">Platform</th>",
          out);
    for (size_t i = 0; i < count; i++)
        html(out, "<th scope=\"col\">%s</th>",
             shorten(columns[i]->title, 32).text);
    fputs("</tr></thead>\n<tbody>\n", out);
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

static void write_chart(FILE *out, const struct page_figure *figure)
{
    const struct chart *chart = &figure->chart;
    char narrow[sizeof(chart->name) + 8];

    if (!chart->drawn)
        return;
    snprintf(narrow, sizeof(narrow), "%s-narrow", chart->name);
    fputs("<figure>\n", out);
    svg_write_inline(out, &chart->picture[CHART_WIDE], "chart wide",
                     chart->name, chart->title, chart->description);
    svg_write_inline(out, &chart->picture[CHART_NARROW], "chart narrow", narrow,
                     chart->title, chart->description);
    html(out, "<figcaption>%s", figure->note);
    if (!chart->has_points)
        fputs(" Single values are not drawn.", out);
    if (chart->clipped > 0)
        html(out,
             " %zu single values lie beyond the axis and are marked at "
             "its edge (‹ ›).",
             chart->clipped);
    fputs("</figcaption>\n</figure>\n", out);
}

static void write_ratio_cells(FILE *out, const struct cell *cell)
{
    if (cell->ratio.n == 0) {
        fputs("<td colspan=\"2\" class=\"none\">", out);
        fputs(platform_is_native(cell->platform) ? "reference" : "–", out);
        fputs("</td>", out);
        return;
    }
    html(out, "<td><b>%s</b> <span class=\"interval\">%s</span></td><td>",
         number_ratio(cell->ratio.median).text,
         number_ratio_interval(&cell->ratio).text);
    page_verdict(out, cell->verdict, cell->workload->group);
    fputs("</td>", out);
}

static void write_cell_row(FILE *out, const struct record *record,
                           const struct cell *cell)
{
    fputs("<tr><th scope=\"row\">", out);
    page_platform(out, record, cell->platform);
    if (strcmp(cell->start, "cold") != 0)
        html(out, " <span class=\"kind\">%s</span>",
             shorten(cell->start, 16).text);
    html(out, "</th><td class=\"n\">%zu</td>", cell->value.n);
    if (cell->value.n == 0) {
        html(out, "<td colspan=\"3\" class=\"missing\">no figure: %s</td>",
             cell->why != NULL ? cell->why : "no reason was recorded");
    } else {
        html(out, "<td><b>%s</b> <span class=\"interval\">%s</span></td>",
             number_value(cell->value.median, cell->unit).text,
             number_interval(&cell->value, cell->unit).text);
        write_ratio_cells(out, cell);
    }
    html(out,
         cell->failures > 0 ? "<td>%zu</td></tr>\n"
                            : "<td class=\"none\">%zu</td></tr>\n",
         cell->failures);
}

static void write_table_head(FILE *out)
{
    fputs("<div class=\"scroll\"><table class=\"cells\">\n<thead><tr>"
          "<th scope=\"col\">Platform</th><th scope=\"col\">n</th>"
          "<th scope=\"col\">Median [95 % interval]</th>"
          "<th scope=\"col\">Times native</th>"
          "<th scope=\"col\">Verdict</th><th scope=\"col\">Failed</th>"
          "</tr></thead>\n",
          out);
}

static void write_table(FILE *out, const struct record *record,
                        const struct figure_table *table)
{
    html(out, "<tbody>\n<tr class=\"caption\"><th colspan=\"6\">%s</th></tr>\n",
         shorten(table->caption, TEXT_MAX_CHARACTERS).text);
    for (size_t i = 0; i < record->platform_count; i++) {
        const struct platform_entry *platform = &record->platforms[i];
        const struct cell *cell =
            platform->left_out
                ? NULL
                : record_cell(record, platform, table->workload, table->metric);

        if (cell != NULL && !(table->brief && cell->value.n == 0))
            write_cell_row(out, record, cell);
    }
    fputs("</tbody>\n", out);
}

void page_figure(FILE *out, const struct record *record,
                 const struct page_figure *figure)
{
    html(out, "<section id=\"%s\">\n<h2>%s</h2>\n<p>%s</p>\n",
         figure->chart.name, figure->heading, figure->lead);
    if (figure->chart.rows == 0)
        fputs("<p class=\"note\">Nothing here could be drawn: no platform has "
              "a figure to compare.</p>\n",
              out);
    write_chart(out, figure);
    write_table_head(out);
    for (size_t i = 0; i < figure->table_count; i++)
        write_table(out, record, &figure->tables[i]);
    fputs("</table></div>\n</section>\n", out);
}

/* Every cell there is, secondary metrics too; closed until asked for. */
void page_everything(FILE *out, const struct record *record)
{
    if (record->cell_count == 0)
        return;
    fputs("<section id=\"everything\">\n<h2>Every figure</h2>\n"
          "<details><summary>All metrics of all workloads</summary>\n"
          "<div class=\"scroll\"><table class=\"cells\">\n<thead><tr>"
          "<th scope=\"col\">Workload</th><th scope=\"col\">Metric</th>"
          "<th scope=\"col\">Platform</th><th scope=\"col\">n</th>"
          "<th scope=\"col\">Median [95 % interval]</th>"
          "<th scope=\"col\">Least</th><th scope=\"col\">Most</th>"
          "<th scope=\"col\">Times native</th></tr></thead>\n<tbody>\n",
          out);
    for (size_t i = 0; i < record->cell_count; i++) {
        const struct cell *cell = &record->cells[i];

        if (cell->platform->left_out || cell->value.n == 0)
            continue;
        html(out, "<tr><td>%s</td><td>%s</td><td>%s</td><td>%zu</td>",
             shorten(cell->workload->name, 40).text,
             shorten(cell->metric, 40).text,
             shorten(cell->platform->name, 40).text, cell->value.n);
        html(out, "<td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>\n",
             number_figure(&cell->value, cell->unit).text,
             number_value(cell->minimum, cell->unit).text,
             number_value(cell->maximum, cell->unit).text,
             cell->ratio.n > 0 ? number_ratio_figure(&cell->ratio).text : "");
    }
    fputs("</tbody></table></div></details>\n</section>\n", out);
}
