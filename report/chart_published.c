/*
 * Published figures and what this machine measured of the same kind, as
 * ratios to the same base: which results does this machine reproduce?
 */
#include "report/chart_rows.h"
#include "report/figures.h"
#include "report/markup.h"
#include "report/numbers.h"
#include "report/published.h"
#include "report/strings.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What others found has one look, whoever they are: a muted ring. */
static const struct look published_look = {
    .colour = COLOUR_MUTED, .point_type = 6, .path = "", .filled = false};

static void add_published(struct rows *rows, const struct published *row,
                          const char *kind, double value)
{
    const double ratio = published_ratio(row, value);
    struct row *drawn;

    if (!isfinite(ratio) || ratio <= 0)
        return;
    drawn = rows_add(rows, &published_look, kind, say("published.they"));
    if (drawn == NULL)
        return;
    drawn->figure =
        (struct figure){.n = 1, .median = ratio, .low = ratio, .high = ratio};
    snprintf(drawn->brief, sizeof(drawn->brief), "%.40s",
             number_ratio(ratio).text);
    snprintf(drawn->full, sizeof(drawn->full), "%.30s %.50s",
             number_ratio(ratio).text, say("published.figure"));
}

static void add_ours(struct rows *rows, const struct record *record,
                     const struct published_match *match)
{
    struct look look;
    struct row *drawn;

    if (match->platform == NULL || match->ratio.low <= 0)
        return;
    look = platform_look(record, match->platform);
    drawn =
        rows_add(rows, &look, match->platform->title, match->platform->name);
    if (drawn == NULL)
        return;
    drawn->figure = match->ratio;
    snprintf(drawn->brief, sizeof(drawn->brief), "%.40s",
             number_ratio(match->ratio.median).text);
    snprintf(drawn->full, sizeof(drawn->full), "%.90s",
             number_ratio_figure(&match->ratio).text);
}

static void add_study(struct rows *rows, const struct record *record,
                      const struct published *row)
{
    const struct published_match container = published_ours(record, row, false);
    const struct published_match vm = published_ours(record, row, true);
    char heading[160];

    if (container.platform == NULL && vm.platform == NULL)
        return;
    snprintf(heading, sizeof(heading), "%s, %s %s%s", row->metric, row->study,
             row->year,
             published_to_container(row) ? say("published.to-container") : "");
    rows_heading(rows, heading);
    if (!published_to_container(row)) {
        add_published(rows, row, row->container_kind, row->container);
        if (!isnan(row->container))
            add_ours(rows, record, &container);
    }
    add_published(rows, row, row->vm_kind, row->vm);
    if (!isnan(row->vm))
        add_ours(rows, record, &vm);
    rows_gap(rows);
}

int chart_published(const struct record *record, enum workload_group group,
                    const struct workload_entry *workload, struct chart *chart)
{
    struct rows *rows = calloc(1, sizeof(*rows));
    struct published_list *list = calloc(1, sizeof(*list));
    int result = rows == NULL || list == NULL ? -ENOMEM : published_load(list);

    (void)group;
    (void)workload;
    if (result == 0) {
        rows->reference = true;
        rows->band = record->band;
        rows->unit = "×";
        rows->left = say("verdict.faster");
        rows->right = say("verdict.slower");
        for (size_t i = 0; i < list->count; i++)
            add_study(rows, record, &list->rows[i]);
        result = rows_write(rows, say("chart.published"), chart);
        published_release(list);
    }
    if (rows != NULL)
        rows_release(rows);
    free(rows);
    free(list);
    return result;
}

static void add_row(struct grid *grid, const struct record *record,
                    const struct published *row, bool vm)
{
    const double value = vm ? row->vm : row->container;
    const double ratio = published_ratio(row, value);
    const struct published_match ours = published_ours(record, row, vm);
    char text[160];

    if (isnan(value))
        return;
    snprintf(text, sizeof(text), "%s %s", row->study, row->year);
    grid_text(grid, text);
    snprintf(text, sizeof(text), "%s, %s", row->metric, row->hardware);
    grid_text(grid, text);
    snprintf(text, sizeof(text), "%s: %g %s",
             vm ? row->vm_kind : row->container_kind, value, row->unit);
    grid_text(grid, text);
    if (isnan(ratio) || (!vm && published_to_container(row)))
        grid_missing(grid, NULL);
    else
        grid_text(grid, number_ratio(ratio).text);
    if (ours.platform == NULL) {
        grid_missing(grid, NULL);
        grid_missing(grid, NULL);
    } else {
        grid_platform(grid, ours.platform);
        grid_value(grid, number_ratio(ours.ratio.median).text,
                   number_ratio_interval(&ours.ratio).text);
    }
    grid_text(grid, say(published_agreement(record, ratio, &ours)));
    snprintf(text, sizeof(text), "%s (%s)%s%s", row->source, row->basis,
             row->remark[0] != '\0' ? "; " : "", row->remark);
    grid_text(grid, text);
}

void table_published(struct grid *grid, const struct record *record,
                     const struct page_figure *figure)
{
    static const char *const heads[] = {
        "table.study", "table.metric", "table.published", "table.ratio",
        "table.ours",  "table.ratio",  "table.agreement", "table.source",
    };
    struct published_list *list = calloc(1, sizeof(*list));

    (void)figure;
    for (size_t i = 0; i < sizeof(heads) / sizeof(*heads); i++)
        grid_head(grid, say(heads[i]));
    if (list == NULL || published_load(list) < 0) {
        free(list);
        return;
    }
    for (size_t i = 0; i < list->count; i++) {
        add_row(grid, record, &list->rows[i], false);
        add_row(grid, record, &list->rows[i], true);
    }
    published_release(list);
    free(list);
}

char *finding_published(const struct record *record,
                        const struct page_figure *figure)
{
    static const char *const names[] = {
        "published.reproduced", "published.direction", "published.differs"};
    size_t counts[3] = {0};
    struct published_list *list = calloc(1, sizeof(*list));

    (void)figure;
    if (list == NULL || published_load(list) < 0) {
        free(list);
        return NULL;
    }
    for (size_t i = 0; i < 2 * list->count; i++) {
        const struct published *row = &list->rows[i / 2];
        const bool vm = i % 2 == 1;
        const struct published_match ours = published_ours(record, row, vm);
        const char *name = published_agreement(
            record, published_ratio(row, vm ? row->vm : row->container), &ours);

        for (size_t k = 0; k < 3; k++)
            counts[k] += strcmp(name, names[k]) == 0;
    }
    published_release(list);
    free(list);
    return say_text(FORM_PLAIN, "finding.published",
                    number_count(counts[0] + counts[1] + counts[2]).text,
                    number_count(counts[0]).text, number_count(counts[1]).text,
                    number_count(counts[2]).text, NULL);
}
