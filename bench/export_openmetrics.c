/*
 * OpenMetrics text: for each metric a gauge of the median, and gauges of the
 * interval, the number of values and the failures, labelled by platform,
 * workload and kind of start. Source: OpenMetrics 1.0.
 */
#include "bench/export.h"
#include "bench/statistics.h"
#include "oci/cleanup.h"

#include <string.h>

struct family {
    const char *metric, *unit; /* of a series */
};

/* In base units, as OpenMetrics wants them; others go as they are. */
static const struct base_unit {
    const char *unit, *base;
    double factor;
} base_units[] = {
    {"ns", "seconds", 1e-9}, {"us", "seconds", 1e-6}, {"ms", "seconds", 1e-3},
    {"s", "seconds", 1},     {"bytes", "bytes", 1},
};

static const struct base_unit *find_base(const char *unit)
{
    for (size_t i = 0; i < sizeof(base_units) / sizeof(base_units[0]); i++)
        if (strcmp(base_units[i].unit, unit) == 0)
            return &base_units[i];
    return NULL;
}

/* Names are letters, digits and underscores. */
static void write_word(FILE *file, const char *text)
{
    for (; *text != '\0'; text++) {
        char lower = (char)(*text | 0x20);
        bool plain =
            (lower >= 'a' && lower <= 'z') || (*text >= '0' && *text <= '9');

        fputc(plain ? *text : '_', file);
    }
}

static void write_name(FILE *file, const struct family *family,
                       const char *suffix)
{
    const struct base_unit *base = find_base(family->unit);

    fputs("ringside_", file);
    write_word(file, family->metric);
    fputs(suffix, file);
    if (base != NULL)
        fprintf(file, "_%s", base->base);
}

static void write_label(FILE *file, const char *name, const char *value)
{
    fprintf(file, "%s=\"", name);
    for (; *value != '\0'; value++) {
        if (*value == '"' || *value == '\\')
            fputc('\\', file);
        fputc(*value, file);
    }
    fputc('"', file);
}

/* Which figure of an estimate a gauge shows. */
static const struct gauge {
    const char *suffix, *help;
    bool is_interval;
    double (*value)(const struct estimate *estimate);
} gauges[];

static double median_of(const struct estimate *estimate)
{
    return estimate->median;
}

static double low_of(const struct estimate *estimate)
{
    return estimate->interval.low;
}

static double high_of(const struct estimate *estimate)
{
    return estimate->interval.high;
}

static const struct gauge gauges[] = {
    {"", "Median", false, median_of},
    {"_low", "Lower end of the 95 % interval of the median", true, low_of},
    {"_high", "Upper end of the 95 % interval of the median", true, high_of},
};

static int estimate_of(const struct series *series, struct estimate *estimate)
{
    double *values = malloc((series->count + 1) * sizeof(*values));

    if (values == NULL)
        return -ENOMEM;
    for (size_t i = 0; i < series->count; i++)
        values[i] = series->samples[i].value;
    estimate_compute(values, series->count, estimate);
    free(values);
    return 0;
}

static int write_sample(FILE *file, const struct collection *collection,
                        const struct family *family, const struct gauge *gauge,
                        size_t platform, size_t workload)
{
    const struct result_header *header = &collection->reader.header;
    const struct cell_record *cell =
        collection_cell(collection, platform, workload);
    const struct series *series = cell_series(cell, family->metric);
    const struct base_unit *base = find_base(family->unit);
    struct estimate estimate;

    if (series == NULL || series->mixed_units || series->count == 0)
        return 0;
    if (estimate_of(series, &estimate) < 0)
        return -ENOMEM;
    if (gauge->is_interval && !estimate.has_interval)
        return 0;
    write_name(file, family, gauge->suffix);
    fputc('{', file);
    write_label(file, "platform", header->platforms[platform].name);
    fputc(',', file);
    write_label(file, "workload", header->workloads[workload].name);
    fputc(',', file);
    write_label(file, "start", cell->start);
    fprintf(file, "} %.12g\n",
            gauge->value(&estimate) * (base != NULL ? base->factor : 1));
    return 0;
}

/* All samples of a metric family stand together. */
static int write_gauge(FILE *file, const struct export_request *request,
                       const struct collection *collection,
                       const struct family *family, const struct gauge *gauge)
{
    const struct result_header *header = &collection->reader.header;
    const struct base_unit *base = find_base(family->unit);

    fputs("# TYPE ", file);
    write_name(file, family, gauge->suffix);
    fputs(" gauge\n", file);
    if (base != NULL) {
        fputs("# UNIT ", file);
        write_name(file, family, gauge->suffix);
        fprintf(file, " %s\n", base->base);
    }
    fputs("# HELP ", file);
    write_name(file, family, gauge->suffix);
    fprintf(file, " %s of %s", gauge->help, family->metric);
    fprintf(file, base != NULL ? ".\n" : " in %s.\n", family->unit);
    for (size_t p = 0; p < header->platform_count; p++)
        for (size_t w = 0; w < header->workload_count; w++)
            if (export_wants(request, header->platforms[p].name,
                             header->workloads[w].name) &&
                write_sample(file, collection, family, gauge, p, w) < 0)
                return -ENOMEM;
    return 0;
}

static bool families_have(const struct family *families, size_t count,
                          const char *metric)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(families[i].metric, metric) == 0)
            return true;
    return false;
}

/* Every metric that a cell that was asked for has. */
static struct family *collect_families(const struct export_request *request,
                                       const struct collection *collection,
                                       size_t *count)
{
    const struct result_header *header = &collection->reader.header;
    struct family *families = NULL;

    *count = 0;
    for (size_t i = 0; i < header->platform_count * header->workload_count;
         i++) {
        const struct cell_record *cell = &collection->cells[i];

        if (!export_wants(request,
                          header->platforms[i / header->workload_count].name,
                          header->workloads[i % header->workload_count].name))
            continue;
        for (size_t j = 0; j < cell->series_count; j++) {
            const struct series *series = &cell->series[j];
            struct family *grown;

            if (families_have(families, *count, series->metric))
                continue;
            grown = reallocarray(families, *count + 1, sizeof(*families));
            if (grown == NULL) {
                free(families);
                return NULL;
            }
            families = grown;
            families[(*count)++] =
                (struct family){series->metric, series->unit};
        }
    }
    return families;
}

static int write_families(FILE *file, const struct export_request *request,
                          const struct collection *collection)
{
    size_t count;
    _cleanup_free_ struct family *families =
        collect_families(request, collection, &count);

    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < sizeof(gauges) / sizeof(gauges[0]); j++)
            if (write_gauge(file, request, collection, &families[i],
                            &gauges[j]) < 0)
                return -ENOMEM;
    fputs("# EOF\n", file);
    return families != NULL || count == 0 ? 0 : -ENOMEM;
}

int export_openmetrics(const struct export_request *request, FILE *file,
                       struct error *error)
{
    struct collection collection;
    int result = collection_read(request->directory, &collection, error);

    if (result < 0)
        return result;
    result = write_families(file, request, &collection);
    if (result < 0)
        error_errno(error, -result, "%s", request->directory);
    collection_release(&collection);
    return result;
}
