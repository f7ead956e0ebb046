/*
 * Stacked bars for gnuplot/bars.gp. See chart_stack.h.
 */
#include "report/chart_stack.h"

#include "report/assets.h"
#include "report/numbers.h"
#include "report/palette.h"
#include "report/text.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A label needs about so much of the axis for each of its characters. */
static const double label_share = 0.0165;

struct stack_bar *stack_add(struct stack *stack,
                            const struct platform_entry *platform)
{
    struct stack_bar *bar;

    if (stack->count == STACK_MAX_BARS)
        return NULL;
    bar = &stack->bars[stack->count++];
    *bar = (struct stack_bar){.platform = platform};
    return bar;
}

double stack_end(const struct stack_bar *bar)
{
    return bar->segment_count > 0 ? bar->segments[bar->segment_count - 1].to
                                  : 0;
}

void stack_segment(struct stack_bar *bar, double length, uint32_t colour,
                   const char *label)
{
    const double from = stack_end(bar);

    if (bar->segment_count == STACK_MAX_SEGMENTS || !(length > 0))
        return;
    bar->segments[bar->segment_count++] = (struct stack_segment){
        .from = from, .to = from + length, .colour = colour, .label = label};
}

static double find_high(const struct stack *stack)
{
    double high = 1;

    for (size_t i = 0; i < stack->count; i++) {
        high = fmax(high, stack_end(&stack->bars[i]));
        if (stack->bars[i].first.n > 0)
            high = fmax(high, stack->bars[i].first.high);
    }
    return high;
}

static void write_bars(const struct stack *stack, double factor, FILE *out)
{
    fputs("# y\tend\tlow\thigh\tplatform\tvalue\tname\tbrief\n", out);
    for (size_t i = 0; i < stack->count; i++) {
        const struct stack_bar *bar = &stack->bars[i];
        const bool has = bar->first.n > 0 && bar->first.has_interval;

        fprintf(out, "%zu.5\t%.9g\t%.9g\t%.9g\t", i, stack_end(bar) * factor,
                has ? bar->first.low * factor : 0,
                has ? bar->first.high * factor : 0);
        chart_write_label(
            out, bar->title != NULL ? bar->title : bar->platform->title,
            CHART_LABEL_CHARACTERS);
        fputc('\t', out);
        chart_write_label(out, bar->value, 40);
        fputc('\t', out);
        chart_write_label(out, bar->platform->name, CHART_NAME_CHARACTERS);
        fputc('\t', out);
        chart_write_label(out, bar->brief, 24);
        fputc('\n', out);
    }
}

static void write_segments(const struct stack *stack, double factor,
                           double high, FILE *out)
{
    fputs("\n\n# y\tfrom\tto\tcolour\tlabel\n", out);
    for (size_t i = 0; i < stack->count; i++)
        for (size_t k = 0; k < stack->bars[i].segment_count; k++) {
            const struct stack_segment *segment = &stack->bars[i].segments[k];
            const double share = (segment->to - segment->from) / high;
            const bool room =
                share > label_share * (double)(strlen(segment->label) + 1);

            fprintf(out, "%zu.5\t%.9g\t%.9g\t%u\t", i, segment->from * factor,
                    segment->to * factor, segment->colour);
            chart_write_label(out, room ? segment->label : "", 24);
            fputc('\n', out);
        }
}

static void write_values(const struct stack *stack, double factor, double high,
                         struct chart *chart, FILE *out)
{
    fputs("\n\n# y\tvalue\n", out);
    for (size_t i = 0; i < stack->count; i++) {
        const struct stack_bar *bar = &stack->bars[i];
        size_t count = 0;
        const struct raw_value *raw =
            bar->workload != NULL ? record_values(stack->record, bar->workload,
                                                  bar->platform, &count)
                                  : NULL;

        for (size_t k = 0; count < CHART_MAX_POINTS && k < count; k++) {
            chart->clipped += raw[k].value > high;
            fprintf(out, "%zu.5\t%.9g\n", i, fmin(raw[k].value, high) * factor);
            chart->has_points = true;
        }
    }
    if (!chart->has_points) /* gnuplot wants a point where there is none */
        fputs("-9\t0\n", out);
}

static void write_settings(const struct stack *stack, double factor,
                           double high, FILE *out)
{
    fprintf(out, "rows = %zu\nhigh = %.9g\nunit = \" %s\"\nopacity = %g\n",
            stack->count, high * factor * 1.02,
            number_scale(high, stack->unit).unit, stack->opacity);
    fprintf(out, "legend = %zu\n", stack->legend_count);
    fprintf(out, "array legend_texts[%zu]\narray legend_colours[%zu]\n",
            stack->legend_count + 1, stack->legend_count + 1);
    for (size_t i = 0; i < stack->legend_count; i++) {
        fprintf(out, "legend_colours[%zu] = %u\nlegend_texts[%zu] = ", i + 1,
                stack->legend[i].colour, i + 1);
        chart_write_label(out, stack->legend[i].text, 24);
        fputc('\n', out);
    }
}

static void describe(const struct stack *stack, const char *title, FILE *out)
{
    fprintf(out, "%s:", title);
    for (size_t i = 0; i < stack->count; i++) {
        const struct stack_bar *bar = &stack->bars[i];

        fprintf(
            out, "%s %s %s", i == 0 ? "" : ";",
            shorten(bar->title != NULL ? bar->title : bar->platform->title, 40)
                .text,
            bar->value);
    }
    fputc('.', out);
}

int stack_write(const struct stack *stack, const char *title,
                struct chart *chart)
{
    const double high = find_high(stack);
    const double factor = number_scale(high, stack->unit).factor;
    struct chart_streams streams;

    chart->script = report_asset_bars;
    chart->rows = stack->count;
    if (stack->count == 0)
        return 0;
    if (chart_streams_open(chart, &streams)) {
        write_bars(stack, factor, streams.data);
        write_segments(stack, factor, high, streams.data);
        write_values(stack, factor, high, chart, streams.data);
        write_settings(stack, factor, high, streams.settings);
        describe(stack, title, streams.description);
    }
    chart->title = strdup(title);
    return chart_streams_close(chart, &streams) < 0 || chart->title == NULL
               ? -ENOMEM
               : 0;
}
