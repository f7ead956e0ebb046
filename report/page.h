/*
 * The page, section by section. Everything goes out through html.h, so no
 * text of the record can become markup.
 */
#ifndef RINGSIDE_REPORT_PAGE_H
#define RINGSIDE_REPORT_PAGE_H

#include "report/figures.h"
#include "report/record.h"

#include <stdio.h>

/* The whole document. Errors of writing stay in the stream: ferror(). */
void page_write(FILE *out, const struct record *record,
                const struct figures *figures);

/* Its sections, in the order of the page. */
void page_summary(FILE *out, const struct record *record);
void page_figure(FILE *out, const struct record *record,
                 const struct page_figure *figure);
void page_phases(FILE *out, const struct record *record);
void page_left_out(FILE *out, const struct record *record);
void page_trust(FILE *out, const struct record *record);
void page_differences(FILE *out, const struct record *record);
void page_everything(FILE *out, const struct record *record);
void page_published(FILE *out);
void page_repeat(FILE *out, const struct record *record);
void page_words(FILE *out);

/* A platform's title with its marker in front, as in the charts. */
void page_platform(FILE *out, const struct record *record,
                   const struct platform_entry *platform);

/* Table cells of a verdict: sign and word, with a class for its colour. */
void page_verdict(FILE *out, enum verdict_word verdict,
                  enum workload_group group);

#endif
