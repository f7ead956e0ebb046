/*
 * Figures that others have published, from published.csv: facts to lay beside
 * our own, as orders of magnitude.
 */
#ifndef RINGSIDE_REPORT_PUBLISHED_H
#define RINGSIDE_REPORT_PUBLISHED_H

#include "report/record.h"

enum { PUBLISHED_MAX = 64 };

struct published {
    const char *study, *year, *hardware, *metric, *unit;
    double native, container, vm; /* NAN: not given */
    const char *container_kind, *vm_kind, *basis, *source, *remark;
    const char *workload; /* of ours, "" when there is none alike */
};

struct published_list {
    char *text; /* owner of every string */
    struct published rows[PUBLISHED_MAX];
    size_t count;
};

/* Errors: -ENOMEM. The caller releases *list with published_release. */
int published_load(struct published_list *list);

void published_release(struct published_list *list);

/*
 * What a published figure is over its base (the study's native, or where it
 * has none its container), more meaning a higher cost. NAN where one of them
 * is missing.
 */
double published_ratio(const struct published *row, double value);

/* Is the base of the row its container, for lack of a native figure? */
bool published_to_container(const struct published *row);

/* What of ours stands beside a published figure. */
struct published_match {
    const struct platform_entry *platform; /* NULL: not measured here */
    struct figure ratio;                   /* to the same base */
};

/* The quickest container, or virtual machine, of the record for that row. */
struct published_match published_ours(const struct record *record,
                                      const struct published *row, bool vm);

/*
 * How a published ratio and ours agree: "reproduced" when it lies within our
 * interval, widened by the equivalence band; "direction" when both are on one
 * side of 1; "differs"; "unmeasured". Texts are published.NAME.
 */
const char *published_agreement(const struct record *record, double published,
                                const struct published_match *ours);

#endif
