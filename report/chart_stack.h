/*
 * A chart of stacked bars from zero, a row a platform; what gnuplot/bars.gp
 * draws: what an instance's memory is made of, where a start spends its time.
 */
#ifndef RINGSIDE_REPORT_CHART_STACK_H
#define RINGSIDE_REPORT_CHART_STACK_H

#include "report/chart.h"

enum { STACK_MAX_BARS = 60, STACK_MAX_SEGMENTS = 32, STACK_MAX_LEGEND = 12 };

struct stack_segment {
    double from, to;
    uint32_t colour;
    const char *label; /* inside the segment where there is room, or "" */
};

struct stack_bar {
    const struct platform_entry *platform;
    const char *title; /* instead of the platform's, or NULL */
    struct stack_segment segments[STACK_MAX_SEGMENTS];
    size_t segment_count;
    struct figure first;       /* the interval that is drawn; n 0: none */
    char value[96], brief[32]; /* beside the bar, wide and narrow */
    const struct workload_entry *workload; /* of single values, or NULL */
};

struct stack {
    const struct record *record;
    const char *unit; /* "ns" or "bytes" */
    double opacity;
    struct stack_bar bars[STACK_MAX_BARS];
    size_t count;
    struct {
        const char *text;
        uint32_t colour;
    } legend[STACK_MAX_LEGEND];
    size_t legend_count;
};

/* A bar to fill in, or NULL when there are too many. */
struct stack_bar *stack_add(struct stack *stack,
                            const struct platform_entry *platform);

/* A further segment of the bar, so long, on top of those there are. */
void stack_segment(struct stack_bar *bar, double length, uint32_t colour,
                   const char *label);

/* Where the bar ends. */
double stack_end(const struct stack_bar *bar);

/* Writes data, settings and description. Errors: -ENOMEM. */
int stack_write(const struct stack *stack, const char *title,
                struct chart *chart);

#endif
