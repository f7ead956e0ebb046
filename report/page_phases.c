/*
 * When each phase of a start was reached, for the platforms that tell it. The
 * rows of a platform stand in the order of time, which is that of its phases.
 */
#include "report/html.h"
#include "report/numbers.h"
#include "report/page.h"
#include "report/text.h"

#include <stdlib.h>
#include <string.h>

static const char prefix[] = "phase_";

static bool is_phase(const struct cell *cell)
{
    return cell->value.n > 0 && !cell->platform->left_out &&
           strncmp(cell->metric, prefix, sizeof(prefix) - 1) == 0;
}

/* By workload and platform, as the record has them, then by time. */
static int in_order(const void *left, const void *right)
{
    const struct cell *a = *(const struct cell *const *)left;
    const struct cell *b = *(const struct cell *const *)right;

    if (a->workload != b->workload)
        return a->workload < b->workload ? -1 : 1;
    if (a->platform != b->platform)
        return a->platform < b->platform ? -1 : 1;
    return (a->value.median > b->value.median) -
           (a->value.median < b->value.median);
}

static void write_rows(FILE *out, const struct record *record,
                       const struct cell *const *phases, size_t count)
{
    const struct cell *before = NULL;

    for (size_t i = 0; i < count; before = phases[i++]) {
        const struct cell *cell = phases[i];

        if (before == NULL || before->workload != cell->workload ||
            before->platform != cell->platform) {
            fputs("<tr class=\"caption\"><th colspan=\"3\">", out);
            page_platform(out, record, cell->platform);
            html(out, ": %s</th></tr>\n",
                 shorten(cell->workload->title, TEXT_MAX_CHARACTERS).text);
        }
        html(out, "<tr><td>%s</td><td>%zu</td><td>%s</td></tr>\n",
             shorten(cell->metric + sizeof(prefix) - 1, 40).text, cell->value.n,
             number_figure(&cell->value, cell->unit).text);
    }
}

void page_phases(FILE *out, const struct record *record)
{
    const struct cell **phases =
        calloc(record->cell_count + 1, sizeof(*phases));
    size_t count = 0;

    for (size_t i = 0; phases != NULL && i < record->cell_count; i++) {
        if (is_phase(&record->cells[i]))
            phases[count++] = &record->cells[i];
    }
    if (count > 0) {
        qsort(phases, count, sizeof(*phases), in_order);
        fputs(
            "<section id=\"phases\">\n<h2>Where a start spends its time</h2>\n"
            "<p>When each phase was reached, counted from the execution of "
            "the platform's command, as the platform itself tells it. Others "
            "do not tell.</p>\n"
            "<div class=\"scroll\"><table class=\"cells\">\n<thead><tr>"
            "<th scope=\"col\">Phase</th><th scope=\"col\">n</th>"
            "<th scope=\"col\">Reached after, median [95 % interval]</th>"
            "</tr></thead>\n<tbody>\n",
            out);
        write_rows(out, record, phases, count);
        fputs("</tbody></table></div>\n</section>\n", out);
    }
    free(phases);
}
