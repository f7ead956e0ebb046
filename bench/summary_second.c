/* What a second instrument says of the same starts; see
 * second_instrument.h. */
#include "bench/second_instrument.h"
#include "bench/statistics.h"
#include "bench/summary_cells.h"
#include "oci/cleanup.h"
#include "oci/path.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_TIMES = 100000 };

/* hyperfine's times in ns, *count of them; NULL: none, or no memory. */
static double *read_times(const json_t *result, size_t *count)
{
    const json_t *times = json_object_get(result, "times");
    double *values;

    *count = 0;
    if (!json_is_array(times) || json_array_size(times) == 0 ||
        json_array_size(times) > MOST_TIMES)
        return NULL;
    values = calloc(json_array_size(times), sizeof(*values));
    for (size_t i = 0; values != NULL && i < json_array_size(times); i++) {
        double seconds = json_number_value(json_array_get(times, i));

        if (isfinite(seconds) && seconds > 0)
            values[(*count)++] = 1e9 * seconds;
    }
    return values;
}

/* Our own of the same workload. */
static double *own_times(const struct collection *collection, size_t platform,
                         size_t workload, size_t *count)
{
    const struct series *series = cell_series(
        collection_cell(collection, platform, workload), "spawn_to_exit");
    double *values;

    *count = series != NULL ? series->count : 0;
    values = calloc(*count + 1, sizeof(*values));
    for (size_t i = 0; values != NULL && i < *count; i++)
        values[i] = series->samples[i].value;
    return values;
}

static json_t *interval_to_json(const struct ratio *ratio)
{
    bool has = ratio->has_interval;

    if (ratio->n == 0)
        return json_null();
    return json_pack("{s:I, s:o, s:o, s:o}", "n", (json_int_t)ratio->n,
                     "median", number_to_json(ratio->median), "low",
                     has ? number_to_json(ratio->interval.low) : json_null(),
                     "high",
                     has ? number_to_json(ratio->interval.high) : json_null());
}

static json_t *platform_to_json(const struct collection *collection,
                                size_t platform, size_t workload,
                                const json_t *result)
{
    size_t theirs_count, ours_count;
    _cleanup_free_ double *theirs = read_times(result, &theirs_count);
    _cleanup_free_ double *ours =
        own_times(collection, platform, workload, &ours_count);
    const char *failure = json_string_value(json_object_get(result, "failure"));
    struct estimate estimate;
    struct ratio ratio;

    if (ours == NULL)
        return NULL;
    if (theirs_count == 0)
        return json_pack("{s:i, s:n, s:n, s:s}", "n", 0, "median", "ratio",
                         "why", failure != NULL ? failure : "no times");
    if (shift_compute(ours, ours_count, theirs, theirs_count, &ratio) < 0)
        return NULL;
    estimate_compute(theirs, theirs_count, &estimate);
    return json_pack("{s:I, s:o, s:o, s:n}", "n", (json_int_t)theirs_count,
                     "median", number_to_json(estimate.median), "ratio",
                     interval_to_json(&ratio), "why");
}

static json_t *build(const struct collection *collection,
                     const json_t *document)
{
    const struct result_header *header = &collection->reader.header;
    const json_t *results = json_object_get(document, "platforms");
    const char *instrument =
        json_string_value(json_object_get(document, "instrument"));
    json_t *platforms = json_object();
    int workload = result_workload_index(header, SECOND_INSTRUMENT_WORKLOAD);

    for (size_t i = 0; i < header->platform_count && workload >= 0; i++) {
        const json_t *result =
            json_object_get(results, header->platforms[i].name);

        if (result != NULL)
            json_object_set_new(
                platforms, header->platforms[i].name,
                platform_to_json(collection, i, (size_t)workload, result));
    }
    return json_pack("{s:s, s:s, s:o}", "instrument",
                     instrument != NULL ? instrument : "hyperfine", "workload",
                     SECOND_INSTRUMENT_WORKLOAD, "platforms", platforms);
}

int second_instrument_to_json(const char *directory,
                              const struct collection *collection,
                              json_t **object, struct error *error)
{
    _cleanup_free_ char *path = path_join(directory, SECOND_INSTRUMENT_FILE);
    json_error_t where;
    json_t *document;

    if (path == NULL)
        return error_set(error, ENOMEM, "out of memory");
    *object = json_null();
    if (access(path, F_OK) < 0)
        return 0;
    document = json_load_file(path, 0, &where);
    if (document == NULL)
        return error_set(error, EINVAL, "%s:%d: %s", path, where.line,
                         where.text);
    *object = build(collection, document);
    json_decref(document);
    return *object != NULL ? 0 : error_set(error, ENOMEM, "out of memory");
}
