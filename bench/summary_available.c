/*
 * Available memory per instance; see summary_available.h. A line through all
 * points, not their quotients: what the first instance alone brings in (a
 * program's pages in the cache) is the line's height above the origin and no
 * part of its slope, and the points' distance from the line says how far the
 * rest of the machine has disturbed them.
 */
#include "bench/summary_available.h"

#include "bench/lines.h"
#include "bench/summary_cells.h"

#include <errno.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_fit.h>
#include <math.h>
#include <string.h>

enum { MAX_POINTS = 64, LEAST_POINTS = 3 };

struct points {
    const char *platform;
    const char *start; /* kind of start; NULL: no line */
    double instances[MAX_POINTS], taken[MAX_POINTS];
    size_t count;
};

/* One of the three that there are; other text is not passed on. */
static const char *kind_of_start(const json_t *line)
{
    static const char *const kinds[] = {"pooled", "restored"};
    const char *start = json_string_value(json_object_get(line, "start"));

    for (size_t i = 0; start != NULL && i < sizeof(kinds) / sizeof(kinds[0]);
         i++) {
        if (strcmp(start, kinds[i]) == 0)
            return kinds[i];
    }
    return "cold";
}

static int take_line(void *context, const json_t *line, struct error *error)
{
    struct points *points = context;
    const char *platform = json_string_value(json_object_get(line, "platform"));
    const json_t *instances = json_object_get(line, "instances");
    const json_t *taken = json_object_get(line, "memory_available_delta");

    (void)error;
    if (platform == NULL || strcmp(platform, points->platform) != 0)
        return 0;
    points->start = kind_of_start(line);
    if (json_is_integer(instances) && json_is_number(taken) &&
        points->count < MAX_POINTS) {
        points->instances[points->count] =
            (double)json_integer_value(instances);
        points->taken[points->count++] = json_number_value(taken);
    }
    return 0;
}

/* Bytes are not negative: a slope down is the noise of the machine. */
static json_t *bytes(double value)
{
    return number_to_json(value > 0 ? floor(value) : 0);
}

static void add_figures(const struct points *points, json_t *cell)
{
    const size_t n = points->count;
    double height, slope, variance[3], sum, reach;

    gsl_fit_linear(points->instances, 1, points->taken, 1, n, &height, &slope,
                   &variance[0], &variance[1], &variance[2], &sum);
    reach = gsl_cdf_tdist_Pinv(0.975, (double)n - 2) * sqrt(variance[2]);
    json_object_set_new(cell, "n", json_integer((json_int_t)n));
    json_object_set_new(cell, "median", bytes(slope));
    json_object_set_new(cell, "low", bytes(slope - reach));
    json_object_set_new(cell, "high", bytes(slope + reach));
}

static int add_cell(const struct points *points, const char *workload,
                    json_t *cells)
{
    const bool enough = points->count >= LEAST_POINTS;
    json_t *cell = json_pack(
        "{s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:i, s:i, s:n, s:n, s:n, s:n, "
        "s:n, s:n, s:n, s:s?}",
        "platform", points->platform, "workload", workload, "start",
        points->start, "metric", "memory_available", "unit", "bytes", "better",
        "lower", "primary", false, "n", 0, "failures", 0, "median", "low",
        "high", "minimum", "maximum", "ratio", "without_flagged", "why",
        enough ? NULL : "fewer than 3 numbers of instances were reached");

    if (json_array_append_new(cells, cell) < 0)
        return -ENOMEM;
    if (enough)
        add_figures(points, cell);
    return 0;
}

int available_to_cells(const char *directory,
                       const struct result_header *header, json_t *cells,
                       struct error *error)
{
    const char *workload = NULL;
    int result = 0;

    for (size_t i = 0; i < header->workload_count && workload == NULL; i++) {
        if (strcmp(header->workloads[i].group, "idle") == 0)
            workload = header->workloads[i].name;
    }
    for (size_t i = 0;
         workload != NULL && result == 0 && i < header->platform_count; i++) {
        struct points points = {.platform = header->platforms[i].name};

        result =
            lines_read(directory, "density.jsonl", take_line, &points, error);
        if (result == 0 && points.start != NULL &&
            add_cell(&points, workload, cells) < 0)
            result = error_errno(error, ENOMEM, "%s: summary", directory);
    }
    return result;
}
