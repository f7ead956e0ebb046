/*
 * The report: draws what `ringside` measured as one self-contained page.
 * Reads DIRECTORY/summary.json and DIRECTORY/results.jsonl (schema 1, see
 * docs/results.md) and knows nothing else of the harness.
 *
 * Links with -ljansson -lgsl -lgslcblas -lm.
 */
#ifndef RINGSIDE_REPORT_REPORT_H
#define RINGSIDE_REPORT_REPORT_H

#include "oci/error.h"

/*
 * Writes DIRECTORY/report.html, whole or not at all, and the charts in it
 * once more as DIRECTORY/charts/NAME.{gp,tsv,svg}, so that they can be
 * redrawn by hand with `gnuplot NAME.gp`. Figures that are missing, and a
 * missing gnuplot, make a page that says so and are no error.
 * Errors: -EINVAL for a malformed summary.json ("summary.json: <path>:
 * expected <what>"), the errnos of reading and writing the files.
 */
int report_render(const char *directory, struct error *error);

#endif
