/*
 * The sections of the report that show figures: which charts there are, what
 * they found, and which tables stand below them.
 */
#ifndef RINGSIDE_REPORT_FIGURES_H
#define RINGSIDE_REPORT_FIGURES_H

#include "report/chart.h"
#include "report/grid.h"

enum { FIGURES_MAX = 40 };

struct page_figure;

/*
 * A kind of figure. Its texts have the keys figure.NAME.topic, .lead, .note.
 * group GROUPS: it stands for itself and not for a group of workloads.
 */
struct figure_kind {
    const char *name; /* also of the chart's files and of the section */
    enum workload_group group;
    bool each;   /* a figure for each workload of the group */
    bool always; /* its table stands without a chart, too */
    int (*draw)(const struct record *record, enum workload_group group,
                const struct workload_entry *workload, struct chart *chart);
    void (*table)(struct grid *grid, const struct record *record,
                  const struct page_figure *figure);
    /* What was found, in words, or NULL when there is nothing to say. */
    char *(*finding)(const struct record *record,
                     const struct page_figure *figure);
};

extern const struct figure_kind figure_kinds[];
extern const size_t figure_kind_count;

struct page_figure {
    const struct figure_kind *kind;
    const struct workload_entry *workload; /* of a figure for each, or NULL */
    char *finding;                         /* NULL: nothing to say */
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

/* A text of the figure's kind: "topic", "lead" or "note". */
const char *figure_text(const struct page_figure *figure, const char *which);

/*
 * The caption that goes with the figure wherever it is shown: what, how many
 * runs, which interval, which machine, which day. The caller frees it; NULL
 * without memory.
 */
char *figure_caption(const struct record *record,
                     const struct page_figure *figure, enum text_form form);

/* Tables: the judged metric of each workload, and what else belongs. */
void table_cells(struct grid *grid, const struct record *record,
                 const struct page_figure *figure);
void table_costs(struct grid *grid, const struct record *record,
                 const struct page_figure *figure);
void table_memory(struct grid *grid, const struct record *record,
                  const struct page_figure *figure);
void table_throughput(struct grid *grid, const struct record *record,
                      const struct page_figure *figure);
void table_phases(struct grid *grid, const struct record *record,
                  const struct page_figure *figure);
void table_order(struct grid *grid, const struct record *record,
                 const struct page_figure *figure);
void table_density(struct grid *grid, const struct record *record,
                   const struct page_figure *figure);
void table_surface(struct grid *grid, const struct record *record,
                   const struct page_figure *figure);
void table_noise(struct grid *grid, const struct record *record,
                 const struct page_figure *figure);
void table_published(struct grid *grid, const struct record *record,
                     const struct page_figure *figure);

/* Findings; the caller frees them. */
char *finding_start(const struct record *record,
                    const struct page_figure *figure);
char *finding_ratios(const struct record *record,
                     const struct page_figure *figure);
char *finding_costs(const struct record *record,
                    const struct page_figure *figure);
char *finding_memory(const struct record *record,
                     const struct page_figure *figure);
char *finding_order(const struct record *record,
                    const struct page_figure *figure);
char *finding_density(const struct record *record,
                      const struct page_figure *figure);
char *finding_surface(const struct record *record,
                      const struct page_figure *figure);
char *finding_noise(const struct record *record,
                    const struct page_figure *figure);
char *finding_published(const struct record *record,
                        const struct page_figure *figure);

#endif
