/*
 * Headings that state what was found, made from the figures of the record.
 */
#include "report/figures.h"

#include "report/markup.h"
#include "report/sentences.h"
#include "report/text.h"

#include <math.h>

static struct short_text title_of(const struct platform_entry *platform)
{
    return shorten(platform->title, 40);
}

/* Does the cell show in the figure? The control is nobody's choice. */
static bool shows(const struct page_figure *figure, const struct cell *cell)
{
    return cell->primary && cell->value.n > 0 && !cell->platform->left_out &&
           !cell->platform->control &&
           cell->workload->group == figure->kind->group &&
           (figure->workload == NULL || cell->workload == figure->workload);
}

/* The cells with the least and the greatest median. */
static void find_extremes(const struct record *record,
                          const struct page_figure *figure,
                          const struct cell **least, const struct cell **most)
{
    *least = *most = NULL;
    for (size_t i = 0; i < record->cell_count; i++) {
        const struct cell *cell = &record->cells[i];

        if (!shows(figure, cell))
            continue;
        if (*least == NULL || cell->value.median < (*least)->value.median)
            *least = cell;
        if (*most == NULL || cell->value.median > (*most)->value.median)
            *most = cell;
    }
}

static char *say_extremes(const struct record *record,
                          const struct page_figure *figure, const char *key)
{
    const struct cell *least, *most;

    find_extremes(record, figure, &least, &most);
    if (least == NULL || least == most)
        return NULL;
    return say_text(FORM_PLAIN, key,
                    number_value(least->value.median, least->unit).text,
                    title_of(least->platform).text,
                    number_value(most->value.median, most->unit).text,
                    title_of(most->platform).text,
                    shorten(workload_title(least->workload), 40).text, NULL);
}

char *finding_start(const struct record *record,
                    const struct page_figure *figure)
{
    return say_extremes(record, figure, "finding.start");
}

char *finding_memory(const struct record *record,
                     const struct page_figure *figure)
{
    return say_extremes(record, figure, "finding.memory");
}

char *finding_costs(const struct record *record,
                    const struct page_figure *figure)
{
    return say_extremes(record, figure, "finding.costs");
}

char *finding_ratios(const struct record *record,
                     const struct page_figure *figure)
{
    size_t counts[WORD_INCONCLUSIVE + 1] = {0}, all = 0;
    const struct cell *furthest = NULL;

    for (size_t i = 0; i < record->cell_count; i++) {
        const struct cell *cell = &record->cells[i];

        if (!shows(figure, cell) || cell->verdict == WORD_NONE)
            continue;
        counts[cell->verdict]++;
        all++;
        if (furthest == NULL ||
            fabs(log(cell->ratio.median)) > fabs(log(furthest->ratio.median)))
            furthest = cell;
    }
    if (all == 0)
        return NULL;
    if (counts[WORD_EQUIVALENT] == all)
        return say_text(FORM_PLAIN, "finding.ratios.equivalent",
                        number_count(all).text, NULL);
    return say_text(FORM_PLAIN, "finding.ratios", number_count(all).text,
                    number_count(counts[WORD_SLOWER]).text,
                    number_count(counts[WORD_FASTER]).text,
                    number_count(counts[WORD_EQUIVALENT]).text,
                    number_count(counts[WORD_INCONCLUSIVE]).text, NULL);
}

char *finding_order(const struct record *record,
                    const struct page_figure *figure)
{
    (void)figure;
    return say_text(FORM_PLAIN, "finding.order",
                    number_count(record->flagged_runs).text,
                    number_count(record->runs_seen).text, NULL);
}

char *finding_noise(const struct record *record,
                    const struct page_figure *figure)
{
    const struct platform_entry *control = record_control(record);
    const struct cell *worst = NULL;

    (void)figure;
    for (size_t i = 0; i < record->cell_count; i++) {
        const struct cell *cell = &record->cells[i];

        if (cell->platform == control && cell->primary && cell->ratio.n > 0 &&
            cell->ratio.has_interval &&
            (worst == NULL ||
             figure_reach(&cell->ratio) > figure_reach(&worst->ratio)))
            worst = cell;
    }
    return worst == NULL
               ? NULL
               : say_text(FORM_PLAIN, "finding.noise",
                          number_reach(&worst->ratio).text,
                          shorten(workload_title(worst->workload), 40).text,
                          NULL);
}

char *finding_density(const struct record *record,
                      const struct page_figure *figure)
{
    const struct density_series *most = NULL, *least = NULL;
    size_t reached[2];

    (void)figure;
    for (size_t i = 0; i < record->density_count; i++) {
        const struct density_series *series = &record->density[i];

        if (series->count == 0 || platform_is_native(series->platform))
            continue;
        if (most == NULL || series->points[series->count - 1].instances >
                                most->points[most->count - 1].instances)
            most = series;
        if (least == NULL || series->points[series->count - 1].instances <
                                 least->points[least->count - 1].instances)
            least = series;
    }
    if (most == NULL)
        return NULL;
    reached[0] = (size_t)most->points[most->count - 1].instances;
    reached[1] = (size_t)least->points[least->count - 1].instances;
    return say_text(
        FORM_PLAIN,
        reached[0] == reached[1] ? "finding.density.equal" : "finding.density",
        number_count(reached[0]).text, title_of(most->platform).text,
        number_count(reached[1]).text, title_of(least->platform).text, NULL);
}

char *finding_surface(const struct record *record,
                      const struct page_figure *figure)
{
    const struct surface_entry *least = NULL, *most = NULL;
    const struct workload_entry *workload = surface_workload(record);

    (void)figure;
    for (size_t i = 0; i < record->surface_count; i++) {
        const struct surface_entry *entry = &record->surface[i];

        if (isnan(entry->distinct) || entry->workload != workload ||
            entry->platform->control || platform_is_native(entry->platform))
            continue;
        if (least == NULL || entry->distinct < least->distinct)
            least = entry;
        if (most == NULL || entry->distinct > most->distinct)
            most = entry;
    }
    if (least == NULL || least == most)
        return NULL;
    return say_text(FORM_PLAIN, "finding.surface",
                    number_count((size_t)least->distinct).text,
                    title_of(least->platform).text,
                    number_count((size_t)most->distinct).text,
                    title_of(most->platform).text, NULL);
}
