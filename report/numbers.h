/*
 * Numbers as people read them: "3.12 ms [2.95, 3.31]". Value and interval
 * share one unit and as many decimals as the interval deserves.
 */
#ifndef RINGSIDE_REPORT_NUMBERS_H
#define RINGSIDE_REPORT_NUMBERS_H

#include "report/record.h"

/* Room for every text made here. */
struct number_text {
    char text[160];
};

/* A scale for values of one unit: multiply by factor, write unit after. */
struct number_scale {
    double factor;
    char unit[24];
};

/*
 * The scale in which value reads best: ns becomes ns, us, ms or s; bytes
 * become B, kB, MB or GB (powers of 1000); any other unit stays.
 */
struct number_scale number_scale(double value, const char *unit);

/* "3.12 ms". */
struct number_text number_value(double value, const char *unit);

/* "3.12 ms [2.95, 3.31]", or "3.12 ms [no interval]" without one. */
struct number_text number_figure(const struct figure *figure, const char *unit);

/* The interval alone: "[2.95, 3.31]", in the unit of number_value. */
struct number_text number_interval(const struct figure *figure,
                                   const char *unit);

/* "1.004" and "24.1": a ratio. */
struct number_text number_ratio(double ratio);

/* Its interval: "[0.998, 1.009]". */
struct number_text number_ratio_interval(const struct figure *ratio);

/* "1.004 [0.998, 1.009]". */
struct number_text number_ratio_figure(const struct figure *ratio);

/* How far the interval of a ratio reaches from 1: 0.009. */
double figure_reach(const struct figure *ratio);

/* The same as "0.9 %", rounded up: "within 0.9 %" then holds. */
struct number_text number_reach(const struct figure *ratio);

/* The ratio turned round: what 1/x is of x, interval included. */
struct figure figure_inverse(const struct figure *ratio);

#endif
