/*
 * The page, section by section. Everything goes out through html.h or
 * strings.h, so no text of the record can become markup.
 */
#ifndef RINGSIDE_REPORT_PAGE_H
#define RINGSIDE_REPORT_PAGE_H

#include "report/claims.h"
#include "report/figures.h"
#include "report/record.h"

#include <stdio.h>

/* The whole document. Errors of writing stay in the stream: ferror(). */
void page_write(FILE *out, const struct record *record,
                const struct figures *figures, const struct claims *claims);

/* Its sections, in the order of the page. */
void page_claims(FILE *out, const struct record *record,
                 const struct figures *figures, const struct claims *claims);
void page_summary(FILE *out, const struct record *record);
void page_figure(FILE *out, const struct record *record,
                 const struct page_figure *figure);
void page_function(FILE *out, const struct record *record);
void page_left_out(FILE *out, const struct record *record);
void page_trust(FILE *out, const struct record *record);
void page_checks(FILE *out, const struct record *record); /* in trust */
void page_differences(FILE *out, const struct record *record);
void page_everything(FILE *out, const struct record *record);
void page_repeat(FILE *out, const struct record *record);
void page_words(FILE *out);

/* Opens a section with its heading, the text of a key; close it yourself. */
void page_section(FILE *out, const char *id, const char *heading_key);

/* A paragraph: the text of a key with its arguments, up to a NULL. */
#define page_paragraph(out, ...)    \
    do {                            \
        fputs("<p>", out);          \
        say_html(out, __VA_ARGS__); \
        fputs("</p>\n", out);       \
    } while (0)

/* A platform's title with its marker in front, as in the charts. */
void page_platform(FILE *out, const struct record *record,
                   const struct platform_entry *platform);

/* A verdict: sign and word, with a class for its colour. */
void page_verdict(FILE *out, enum verdict_word verdict,
                  enum workload_group group);

/*
 * Text of the record that is in English whatever the page's language is, such
 * as a reason: marked so where they differ.
 */
void page_english(FILE *out, const char *text);

#endif
