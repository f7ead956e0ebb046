/*
 * What is done in a time, and what processor time it takes, as two panels over
 * the same rows: a platform may keep its pace by burning more of the host.
 */
#include "report/chart.h"

#include "report/assets.h"
#include "report/markup.h"
#include "report/numbers.h"
#include "report/palette.h"
#include "report/strings.h"
#include "report/text.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct pair {
    const struct cell *cell;  /* the judged time per operation */
    struct figure figures[2]; /* throughput, CPU; times native */
    double y;
};

struct pairs_chart {
    const struct record *record;
    struct pair pairs[CHART_MAX_ROWS];
    size_t count;
    struct {
        const struct workload_entry *workload;
        double y;
    } headings[CHART_MAX_ROWS];
    size_t heading_count;
    double height;
    struct chart_axis axis;
    bool has_cpu; /* of any pair */
};

static bool has_ratio(const struct cell *cell)
{
    return cell != NULL && !cell->platform->left_out && cell->ratio.n > 0 &&
           cell->ratio.low > 0;
}

static void add_pair(struct pairs_chart *chart, const struct cell *cell,
                     const struct cell *cpu)
{
    struct pair *pair = &chart->pairs[chart->count++];

    *pair = (struct pair){.cell = cell, .y = chart->height + 0.5};
    /* A time per operation turned round is a throughput. */
    pair->figures[0] =
        cell->higher_is_better ? cell->ratio : figure_inverse(&cell->ratio);
    if (has_ratio(cpu)) {
        pair->figures[1] = cpu->ratio;
        chart->has_cpu = true;
    }
    for (size_t i = 0; i < 2; i++)
        if (pair->figures[i].n > 0)
            chart_axis_include(&chart->axis, pair->figures[i].low,
                               pair->figures[i].high);
    chart->height++;
}

static void collect_workload(struct pairs_chart *chart,
                             const struct workload_entry *workload)
{
    const size_t before = chart->count;
    const double top = chart->height;

    chart->height += 1.1;
    for (size_t i = 0;
         i < chart->record->platform_count && chart->count < CHART_MAX_ROWS;
         i++) {
        const struct platform_entry *platform = &chart->record->platforms[i];
        const struct cell *cell =
            record_cell(chart->record, platform, workload, NULL);

        if (has_ratio(cell))
            add_pair(chart, cell,
                     record_cell(chart->record, platform, workload,
                                 "cpu_per_operation"));
    }
    if (chart->count == before) {
        chart->height = top;
        return;
    }
    chart->headings[chart->heading_count].workload = workload;
    chart->headings[chart->heading_count++].y = top + 0.6;
    chart->height += 0.4;
}

static void write_pairs(const struct pairs_chart *chart, FILE *out)
{
    fputs("# y\tpanel\tmedian\tlow\thigh\tcolour\tmarker\tvalue\n", out);
    for (size_t i = 0; i < chart->count; i++)
        for (size_t panel = 0; panel < 2; panel++) {
            const struct pair *pair = &chart->pairs[i];
            const struct figure *figure = &pair->figures[panel];
            const struct look look =
                platform_look(chart->record, pair->cell->platform);

            if (figure->n == 0)
                continue;
            fprintf(out, "%g\t%zu\t%.9g\t%.9g\t%.9g\t%u\t%d\t", pair->y, panel,
                    figure->median, figure->low, figure->high, look.colour,
                    look.point_type);
            chart_write_label(out, number_ratio(figure->median).text, 20);
            fputc('\n', out);
        }
}

static void write_labels(const struct pairs_chart *chart, FILE *out)
{
    fputs("\n\n# y\tplatform\tname\n", out);
    for (size_t i = 0; i < chart->count; i++) {
        const struct platform_entry *platform = chart->pairs[i].cell->platform;

        fprintf(out, "%g\t", chart->pairs[i].y);
        chart_write_label(out, platform->title, CHART_LABEL_CHARACTERS);
        fputc('\t', out);
        chart_write_label(out, platform->name, CHART_NAME_CHARACTERS);
        fputc('\n', out);
    }
    fputs("\n\n# y\theading\n", out);
    for (size_t i = 0; i < chart->heading_count; i++) {
        fprintf(out, "%g\t", chart->headings[i].y);
        chart_write_label(out, workload_title(chart->headings[i].workload), 48);
        fputc('\n', out);
    }
}

static void write_settings(const struct pairs_chart *chart, FILE *out)
{
    static const char *const words[] = {
        "chart.throughput.left", "chart.throughput.right",
        "chart.throughput.left.short", "chart.throughput.right.short"};
    char *text = NULL;
    size_t size;
    FILE *ticks = open_memstream(&text, &size);

    fprintf(out, "rows = %.2f\nlow = %.9g\nhigh = %.9g\nband = %.9g\n",
            chart->height, chart->axis.low, chart->axis.high,
            chart->record->band);
    fputs("array panel_words[4]\n", out);
    for (size_t i = 0; i < 4; i++) {
        fprintf(out, "panel_words[%zu] = ", i + 1);
        chart_write_label(out, say(words[i]), 40);
        fputc('\n', out);
    }
    fputs("word_empty = ", out);
    chart_write_label(out, chart->has_cpu ? "" : say("published.unmeasured"),
                      40);
    fputc('\n', out);
    if (ticks == NULL)
        return;
    chart_write_log_ticks(ticks, &chart->axis, "×", 3);
    fclose(ticks);
    if (text != NULL && strchr(text, '\'') != NULL)
        fprintf(out, "ticks_panel = %.*s\n",
                (int)strcspn(strchr(text, '\''), "\n"), strchr(text, '\''));
    free(text);
}

static void describe(const struct pairs_chart *chart, FILE *out)
{
    fprintf(out, "%s:", say("chart.throughput"));
    for (size_t i = 0; i < chart->count; i++) {
        const struct pair *pair = &chart->pairs[i];

        fprintf(out, "%s %s, %s: %s", i == 0 ? "" : ";",
                shorten(workload_title(pair->cell->workload), 40).text,
                shorten(pair->cell->platform->title, 40).text,
                number_ratio_figure(&pair->figures[0]).text);
        if (pair->figures[1].n > 0)
            fprintf(out, " / %s", number_ratio_figure(&pair->figures[1]).text);
    }
    fputc('.', out);
}

static int write_chart(const struct pairs_chart *pairs, struct chart *chart)
{
    struct chart_streams streams;

    if (chart_streams_open(chart, &streams)) {
        write_pairs(pairs, streams.data);
        write_labels(pairs, streams.data);
        write_settings(pairs, streams.settings);
        describe(pairs, streams.description);
    }
    chart->rows = pairs->count;
    chart->title = strdup(say("chart.throughput"));
    return chart_streams_close(chart, &streams) < 0 || chart->title == NULL
               ? -ENOMEM
               : 0;
}

int chart_throughput(const struct record *record, enum workload_group group,
                     const struct workload_entry *workload, struct chart *chart)
{
    struct pairs_chart *pairs = calloc(1, sizeof(*pairs));
    int result = pairs == NULL ? -ENOMEM : 0;

    (void)group;
    (void)workload;
    if (result < 0)
        return result;
    chart->script = report_asset_multiples;
    pairs->record = record;
    pairs->axis = CHART_AXIS_EMPTY;
    for (size_t i = 0; i < record->workload_count; i++)
        if (record->workloads[i].group == GROUP_FILES ||
            record->workloads[i].group == GROUP_MACRO)
            collect_workload(pairs, &record->workloads[i]);
    if (pairs->count > 0) {
        chart_axis_include(&pairs->axis, 1 / (1 + record->band),
                           1 + record->band);
        chart_axis_widen(&pairs->axis, 1.1);
        result = write_chart(pairs, chart);
    }
    free(pairs);
    return result;
}
