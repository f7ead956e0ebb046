/*
 * The report as a document of text: Markdown with pictures for blogs, plain
 * text for terminals and mail, JSON for programs.
 */
#ifndef RINGSIDE_REPORT_DOCUMENT_H
#define RINGSIDE_REPORT_DOCUMENT_H

#include "report/claims.h"
#include "report/figures.h"

/*
 * Writes the report in FORM_MARKDOWN or FORM_PLAIN; pictures are those of the
 * directory charts beside it. Errors stay in the stream: ferror().
 */
void document_write(FILE *out, enum text_form form, const char *charts,
                    const struct record *record, const struct figures *figures,
                    const struct claims *claims);

/*
 * Writes claims with their verdicts and figures with their findings and
 * captions as one JSON object (docs/report.md). Errors: -ENOMEM.
 */
int document_write_json(FILE *out, const struct record *record,
                        const struct figures *figures,
                        const struct claims *claims);

#endif
