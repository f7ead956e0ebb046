/*
 * Writing HTML in which no text of a result file can become markup: every %s
 * is escaped, only the format itself is trusted.
 */
#ifndef RINGSIDE_REPORT_HTML_H
#define RINGSIDE_REPORT_HTML_H

#include <stddef.h>
#include <stdio.h>

/* Longest text that the page shows of one string; the rest becomes "...". */
enum { HTML_TEXT_LIMIT = 600 };

/*
 * Writes format with each %s replaced by the escaped string (at most
 * HTML_TEXT_LIMIT bytes of it), %zu and %d by the number, and %% by a percent
 * sign; other conversions are not known. Errors stay in the stream: ferror().
 */
void html(FILE *out, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * Writes a string escaped for element content and quoted attributes, up to
 * limit bytes and never in the middle of a UTF-8 character. Control
 * characters become spaces, and so do those that reorder text.
 */
void html_text(FILE *out, const char *text, size_t limit);

#endif
