/*
 * Short pieces of the page that go into sentences: a platform's name with its
 * marker, a figure with n and interval. Bounded, so they are plain values.
 */
#ifndef RINGSIDE_REPORT_MARKUP_H
#define RINGSIDE_REPORT_MARKUP_H

#include "report/numbers.h"
#include "report/record.h"
#include "report/strings.h"

/* Room for a title of TEXT_MAX_CHARACTERS, escaped, and its marker. */
struct markup {
    char text[1536];
};

/* A platform's title; in HTML with its marker in front, as in the charts. */
struct markup markup_platform(const struct record *record,
                              const struct platform_entry *platform,
                              enum text_form form);

/* "3.10 ms [2.95, 3.31] (n = 20)". */
struct markup markup_figure(const struct cell *cell, enum text_form form);

/* "1.48 [1.40, 1.55]": three digits are enough between two. */
struct markup markup_ratio(const struct figure *ratio, enum text_form form);

/* "20". */
struct number_text number_count(size_t count);

/* What the page calls a workload. */
const char *workload_title(const struct workload_entry *workload);

#endif
