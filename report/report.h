/*
 * The report: draws what `ringside` measured as one self-contained page, and
 * as text. Reads DIRECTORY/summary.json and DIRECTORY/results.jsonl (schema 1,
 * see docs/results.md) and knows nothing else of the harness.
 *
 * Links with -ljansson -lgsl -lgslcblas -lnettle -lm.
 */
#ifndef RINGSIDE_REPORT_REPORT_H
#define RINGSIDE_REPORT_REPORT_H

#include "oci/error.h"

enum report_format {
    REPORT_HTML,
    REPORT_MARKDOWN,
    REPORT_PLAIN,
    REPORT_JSON,
    REPORT_FORMATS,
};

/* "html", "md", "txt", "json": also the ending of the file. */
const char *report_format_name(enum report_format format);

/* What to write; zeroed it is the page in the language in use (strings.h). */
struct report_options {
    enum report_format format;
};

/*
 * Writes DIRECTORY/report.html (or .md, .txt, .json), whole or not at all, and
 * the charts in it once more as DIRECTORY/charts/NAME.{gp,tsv,svg,png,pdf}, so
 * that they can be redrawn by hand with `gnuplot NAME.gp`. In another language
 * than English the names are report.LANGUAGE.html and charts.LANGUAGE. Figures
 * that are missing, and a missing gnuplot, make a report that says so and are
 * no error.
 * Errors: -EINVAL for a malformed summary.json ("summary.json: <path>:
 * expected <what>"), the errnos of reading and writing the files.
 */
int report_write(const char *directory, const struct report_options *options,
                 struct error *error);

/* report_write of the page. */
int report_render(const char *directory, struct error *error);

/* The path of what report_write writes; the caller frees it. NULL: -ENOMEM. */
char *report_path(const char *directory, const struct report_options *options);

#endif
