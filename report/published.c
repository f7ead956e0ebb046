/*
 * Reading published.csv and laying our figures beside it. See published.h.
 */
#include "report/published.h"

#include "report/assets.h"
#include "report/kinds.h"
#include "report/numbers.h"
#include "report/pairs.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 14 };

/* In the order of the file's columns. */
enum column {
    STUDY,
    YEAR,
    HARDWARE,
    METRIC,
    UNIT,
    NATIVE,
    CONTAINER,
    CONTAINER_KIND,
    VM,
    VM_KIND,
    BASIS,
    SOURCE,
    REMARK,
    WORKLOAD,
};

static double number_of(const char *text)
{
    char *end;
    const double number = strtod(text, &end);

    return end == text ? NAN : number;
}

/* One line, cut at its commas; no field of ours has one inside. */
static void read_row(struct published_list *list, char *line)
{
    char *fields[COLUMNS];
    size_t count = 0;

    while (count < COLUMNS && line != NULL)
        fields[count++] = strsep(&line, ",");
    if (count < COLUMNS || list->count == PUBLISHED_MAX)
        return;
    list->rows[list->count++] = (struct published){
        .study = fields[STUDY],
        .year = fields[YEAR],
        .hardware = fields[HARDWARE],
        .metric = fields[METRIC],
        .unit = fields[UNIT],
        .native = number_of(fields[NATIVE]),
        .container = number_of(fields[CONTAINER]),
        .vm = number_of(fields[VM]),
        .container_kind = fields[CONTAINER_KIND],
        .vm_kind = fields[VM_KIND],
        .basis = fields[BASIS],
        .source = fields[SOURCE],
        .remark = fields[REMARK],
        .workload = fields[WORKLOAD],
    };
}

int published_load(struct published_list *list)
{
    char *rest, *line;
    bool head = true;

    *list = (struct published_list){.text = strdup(report_asset_published)};
    rest = list->text;
    if (rest == NULL)
        return -ENOMEM;
    while ((line = strsep(&rest, "\n")) != NULL) {
        if (line[0] == '#' || line[0] == '\0')
            continue;
        if (!head)
            read_row(list, line);
        head = false;
    }
    return 0;
}

void published_release(struct published_list *list)
{
    free(list->text);
    *list = (struct published_list){0};
}

/* Units of which more is better. */
static bool is_rate(const char *unit)
{
    static const char *const rates[] = {"GFLOPS", "GB/s",  "MB/s",   "GUPS",
                                        "IOPS",   "req/s", "kreq/s", NULL};

    for (size_t i = 0; rates[i] != NULL; i++)
        if (strcmp(unit, rates[i]) == 0)
            return true;
    return false;
}

bool published_to_container(const struct published *row)
{
    return isnan(row->native);
}

double published_ratio(const struct published *row, double value)
{
    const double base =
        published_to_container(row) ? row->container : row->native;

    return is_rate(row->unit) ? base / value : value / base;
}

struct published_match published_ours(const struct record *record,
                                      const struct published *row, bool vm)
{
    const struct workload_entry *workload =
        record_workload(record, row->workload);
    const struct platform_entry *container =
        kind_champion(record, KIND_CONTAINER);
    struct published_match match = {0};
    const struct cell *cell;

    if (workload == NULL)
        return match;
    match.platform = vm ? kind_virtual_champion(record) : container;
    if (match.platform == NULL)
        return match;
    if (published_to_container(row)) {
        if (vm && container != NULL)
            pairs_compare(record, workload, match.platform, container,
                          &match.ratio);
    } else {
        cell = record_cell(record, match.platform, workload, NULL);
        if (cell != NULL && cell->ratio.n > 0)
            match.ratio = cell->higher_is_better ? figure_inverse(&cell->ratio)
                                                 : cell->ratio;
    }
    if (match.ratio.n == 0)
        match.platform = NULL;
    return match;
}

const char *published_agreement(const struct record *record, double published,
                                const struct published_match *ours)
{
    const double room = 1 + record->band;

    if (ours->platform == NULL || isnan(published))
        return "published.unmeasured";
    if (ours->ratio.has_interval && published >= ours->ratio.low / room &&
        published <= ours->ratio.high * room)
        return "published.reproduced";
    if ((published > room && ours->ratio.low > 1) ||
        (published < 1 / room && ours->ratio.high < 1))
        return "published.direction";
    return "published.differs";
}
