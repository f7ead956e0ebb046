/*
 * The sections of the page that show figures: which charts there are, what
 * they are called, and which cells stand in the tables below them.
 */
#ifndef RINGSIDE_REPORT_FIGURES_H
#define RINGSIDE_REPORT_FIGURES_H

#include "report/chart.h"

enum {
    FIGURES_MAX = 24,
    FIGURE_MAX_TABLES = 64, /* workloads in one figure */
};

/* The table of one metric of one workload; a row a platform. */
struct figure_table {
    const struct workload_entry *workload;
    const char *metric;  /* NULL: the primary one */
    const char *caption; /* what stands above the rows */
    bool brief;          /* leave out platforms without a figure */
};

struct page_figure {
    const char *heading;
    const char *lead; /* a sentence: what is measured and how to read it */
    const char *note; /* of the chart's drawing */
    enum workload_group group;
    struct figure_table tables[FIGURE_MAX_TABLES];
    size_t table_count;
    struct chart chart;
};

struct figures {
    struct page_figure list[FIGURES_MAX];
    size_t count;
    size_t beyond; /* workloads that found no place */
    char *trouble; /* why charts are missing, or NULL */
};

/*
 * Makes every figure that the record has something for and draws the charts
 * into the directory fd (of charts). A chart that cannot be drawn leaves its
 * tables and says so in trouble. Errors: -ENOMEM. The caller releases
 * *figures with figures_release.
 */
int figures_make(const struct record *record, int directory,
                 struct figures *figures, struct error *error);

void figures_release(struct figures *figures);

#endif
