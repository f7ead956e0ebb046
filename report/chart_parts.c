/* What the kinds of charts are put together from; see chart.h. */
#include "report/chart.h"

#include "oci/cleanup.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

bool chart_streams_open(struct chart *chart, struct chart_streams *streams)
{
    streams->data = open_memstream(&chart->data, &streams->sizes[0]);
    streams->settings = open_memstream(&chart->settings, &streams->sizes[1]);
    streams->description =
        open_memstream(&chart->description, &streams->sizes[2]);
    return streams->data != NULL && streams->settings != NULL &&
           streams->description != NULL;
}

int chart_streams_close(const struct chart *chart,
                        struct chart_streams *streams)
{
    cleanup_file(&streams->description);
    cleanup_file(&streams->settings);
    cleanup_file(&streams->data);
    return chart->data == NULL || chart->settings == NULL ||
                   chart->description == NULL
               ? -ENOMEM
               : 0;
}

int chart_single_values(const struct record *record, const struct cell *cell,
                        double **values, size_t *count)
{
    size_t runs;
    const struct raw_value *raw =
        record_values(record, cell->workload, cell->platform, &runs);

    *count = 0;
    *values = calloc(runs + 1, sizeof(**values));
    if (*values == NULL)
        return -ENOMEM;
    for (size_t i = 0; i < runs; i++)
        if (raw[i].value > 0)
            (*values)[(*count)++] = raw[i].value;
    return 0;
}

void chart_axis_include(struct chart_axis *axis, double low, double high)
{
    axis->low = fmin(axis->low, low);
    axis->high = fmax(axis->high, high);
}

void chart_axis_widen(struct chart_axis *axis, double factor)
{
    axis->low /= factor;
    axis->high *= factor;
}
