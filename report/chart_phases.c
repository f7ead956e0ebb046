/*
 * Where a start spends its time: a bar a platform, a segment from phase to
 * phase, and the rest until the platform's command has ended. Phases are
 * moments that the platform itself tells (docs/platforms.md).
 */
#include "report/chart_stack.h"
#include "report/figures.h"
#include "report/markup.h"
#include "report/palette.h"
#include "report/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char prefix[] = "phase_";

/* Two tones by turns: a phase is named inside or in the table. */
static const uint32_t tones[] = {0x56b4e9, 0xe69f00};
static const uint32_t rest_tone = 0xa9a9aa;

static bool is_phase(const struct cell *cell)
{
    return cell->value.n > 0 && !cell->platform->left_out &&
           cell->workload->group == GROUP_START &&
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

/* The phases in order; the caller frees the list. NULL without memory. */
static const struct cell **collect(const struct record *record, size_t *count)
{
    const struct cell **phases =
        calloc(record->cell_count + 1, sizeof(*phases));

    *count = 0;
    if (phases == NULL)
        return NULL;
    for (size_t i = 0; i < record->cell_count; i++)
        if (is_phase(&record->cells[i]))
            phases[(*count)++] = &record->cells[i];
    if (*count > 0)
        qsort(phases, *count, sizeof(*phases), in_order);
    return phases;
}

static bool same_bar(const struct cell *a, const struct cell *b)
{
    return a->platform == b->platform && a->workload == b->workload;
}

/* The phases of one start, and the time after the last. Returns how many. */
static size_t add_bar(struct stack *stack, const struct cell *const *phases,
                      size_t count)
{
    struct stack_bar *bar = stack_add(stack, phases[0]->platform);
    const struct cell *end = record_cell(stack->record, phases[0]->platform,
                                         phases[0]->workload, "spawn_to_exit");
    size_t k = 0;

    if (bar == NULL)
        return count;
    for (; k < count && same_bar(phases[k], phases[0]); k++)
        stack_segment(bar, phases[k]->value.median - stack_end(bar),
                      tones[k % 2], phases[k]->metric + sizeof(prefix) - 1);
    if (end != NULL && end->value.n > 0)
        stack_segment(bar, end->value.median - stack_end(bar), rest_tone,
                      say("phases.rest"));
    snprintf(bar->value, sizeof(bar->value), "%.40s",
             number_value(stack_end(bar), "ns").text);
    snprintf(bar->brief, sizeof(bar->brief), "%.30s", bar->value);
    return k;
}

int chart_phases(const struct record *record, enum workload_group group,
                 const struct workload_entry *workload, struct chart *chart)
{
    struct stack *stack = calloc(1, sizeof(*stack));
    size_t count = 0;
    const struct cell **phases = collect(record, &count);
    int result = stack == NULL || phases == NULL ? -ENOMEM : 0;

    (void)group;
    (void)workload;
    if (result == 0) {
        stack->record = record;
        stack->unit = "ns";
        stack->opacity = 0.55;
        for (size_t i = 0; i < count;)
            i += add_bar(stack, phases + i, count - i);
        result = stack_write(stack, say("chart.phases"), chart);
    }
    free(phases);
    free(stack);
    return result;
}

void table_phases(struct grid *grid, const struct record *record,
                  const struct page_figure *figure)
{
    size_t count = 0;
    const struct cell **phases = collect(record, &count);

    (void)figure;
    grid_head(grid, say("table.phase"));
    grid_head(grid, say("table.n"));
    grid_head(grid, say("table.reached"));
    for (size_t i = 0; phases != NULL && i < count; i++) {
        const struct cell *cell = phases[i];

        if (i == 0 || !same_bar(cell, phases[i - 1])) {
            char *caption = say_text(
                FORM_PLAIN, "table.of", shorten(cell->platform->title, 40).text,
                shorten(workload_title(cell->workload), 40).text, NULL);

            grid_caption(grid, caption != NULL ? caption : "");
            free(caption);
        }
        grid_text(grid, shorten(cell->metric + sizeof(prefix) - 1, 40).text);
        grid_text(grid, number_count(cell->value.n).text);
        grid_value(grid, number_value(cell->value.median, cell->unit).text,
                   number_interval(&cell->value, cell->unit).text);
    }
    free(phases);
}
