/*
 * What an idle instance holds, as bars from zero: the proportional set size
 * of every process of the platform, and the kernel memory that the host
 * accounts to it on top of that.
 */
#include "report/chart.h"

#include "report/assets.h"
#include "report/numbers.h"
#include "report/palette.h"
#include "report/text.h"

#include <errno.h>
#include <math.h>
#include <string.h>

enum { MAX_BARS = 40, LABEL_CHARACTERS = 24 };

struct bar {
    const struct cell *pss;
    const struct cell *kernel; /* NULL where it is not accounted */
    size_t values;             /* single values there are */
};

struct bars {
    const struct record *record;
    const struct workload_entry *workload;
    struct bar bars[MAX_BARS];
    size_t count;
    double factor; /* to the unit of the axis */
    double high;   /* end of the axis, in that unit */
};

static double kernel_median(const struct bar *bar)
{
    return bar->kernel != NULL ? bar->kernel->value.median : 0;
}

static void collect(struct bars *bars)
{
    const struct record *record = bars->record;

    for (size_t i = 0; i < record->platform_count && bars->count < MAX_BARS;
         i++) {
        const struct platform_entry *platform = &record->platforms[i];
        struct bar *bar = &bars->bars[bars->count];

        bar->pss = record_cell(record, platform, bars->workload, "memory_pss");
        bar->kernel =
            record_cell(record, platform, bars->workload, "memory_kernel");
        if (bar->kernel != NULL && bar->kernel->value.n == 0)
            bar->kernel = NULL;
        if (bar->pss == NULL || bar->pss->value.n == 0)
            continue;
        for (size_t k = 0; k < record->raw_count; k++)
            bar->values += record->raw[k].platform == platform &&
                           record->raw[k].workload == bars->workload;
        bars->count++;
    }
}

/* The axis starts at zero and ends beyond every bar, interval and value. */
static void find_range(struct bars *bars)
{
    double high = 1;

    for (size_t i = 0; i < bars->count; i++) {
        const struct bar *bar = &bars->bars[i];

        high = fmax(high, bar->pss->value.median + kernel_median(bar));
        high = fmax(high, bar->pss->maximum);
    }
    bars->factor = number_scale(high, "bytes").factor;
    bars->high = high * bars->factor * 1.02;
}

static void write_label(const struct bar *bar, FILE *out)
{
    char label[2 * sizeof(struct number_text) + 4];
    const struct cell *pss = bar->pss;

    if (bar->kernel != NULL)
        snprintf(
            label, sizeof(label), "%s + %s",
            number_value(pss->value.median, pss->unit).text,
            number_value(bar->kernel->value.median, bar->kernel->unit).text);
    else
        snprintf(label, sizeof(label), "%s",
                 number_value(pss->value.median, pss->unit).text);
    chart_write_label(out, label, 32);
}

static void write_rows(const struct bars *bars, FILE *out)
{
    fputs("# y\tpss\tlow\thigh\tkernel\tcolour\tplatform\tlabel\tname\n", out);
    for (size_t i = 0; i < bars->count; i++) {
        const struct bar *bar = &bars->bars[i];
        const struct figure *pss = &bar->pss->value;
        const struct look look =
            platform_look(bars->record, bar->pss->platform);

        fprintf(out, "%zu.5\t%.9g\t%.9g\t%.9g\t%.9g\t%u\t", i,
                pss->median * bars->factor, pss->low * bars->factor,
                pss->high * bars->factor, kernel_median(bar) * bars->factor,
                look.colour);
        chart_write_label(out, bar->pss->platform->title, LABEL_CHARACTERS);
        fputc('\t', out);
        write_label(bar, out);
        fputc('\t', out);
        chart_write_label(out, bar->pss->platform->name, CHART_NAME_CHARACTERS);
        fputc('\n', out);
    }
}

static void write_values(const struct bars *bars, struct chart *chart,
                         FILE *out)
{
    fputs("\n\n# y\tvalue\n", out);
    for (size_t i = 0; i < bars->count; i++)
        for (size_t k = 0; bars->bars[i].values < CHART_MAX_POINTS &&
                           k < bars->record->raw_count;
             k++) {
            const struct raw_value *raw = &bars->record->raw[k];

            if (raw->platform != bars->bars[i].pss->platform ||
                raw->workload != bars->workload)
                continue;
            fprintf(out, "%zu.5\t%.9g\n", i, raw->value * bars->factor);
            chart->has_points = true;
        }
}

static void describe(const struct bars *bars, FILE *out)
{
    fputs("Memory of one idle instance (median PSS, then kernel memory where "
          "it is accounted):",
          out);
    for (size_t i = 0; i < bars->count; i++) {
        const struct bar *bar = &bars->bars[i];

        fprintf(out, "%s %s %s", i == 0 ? "" : ";",
                shorten(bar->pss->platform->title, 40).text,
                number_value(bar->pss->value.median, bar->pss->unit).text);
        if (bar->kernel != NULL)
            fprintf(out, " and %s",
                    number_value(bar->kernel->value.median, bar->kernel->unit)
                        .text);
    }
    fputc('.', out);
}

static int write_chart(const struct bars *bars, struct chart *chart)
{
    struct chart_streams streams;

    if (chart_streams_open(chart, &streams)) {
        write_rows(bars, streams.data);
        write_values(bars, chart, streams.data);
        describe(bars, streams.description);
        fprintf(streams.settings, "rows = %zu\nhigh = %.9g\nunit = \" %s\"\n",
                bars->count, bars->high,
                number_scale(bars->high / bars->factor, "bytes").unit);
    }
    chart->rows = bars->count;
    chart->title = strdup("Memory of one idle instance");
    return chart_streams_close(chart, &streams) < 0 || chart->title == NULL
               ? -ENOMEM
               : 0;
}

int chart_memory(const struct record *record,
                 const struct workload_entry *workload, struct chart *chart)
{
    struct bars bars = {.record = record, .workload = workload};

    chart->script = report_asset_bars;
    collect(&bars);
    if (bars.count == 0)
        return 0;
    find_range(&bars);
    return write_chart(&bars, chart);
}
