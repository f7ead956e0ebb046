/*
 * The answer in words. Each sentence is made from figures of this record and
 * carries their n and interval; what was not measured is not spoken of.
 */
#ifndef RINGSIDE_REPORT_SENTENCES_H
#define RINGSIDE_REPORT_SENTENCES_H

#include "report/record.h"
#include "report/strings.h"

#include <stdio.h>

/* "faster" and so on; for memory held "less" and "more". */
const char *verdict_text(enum verdict_word verdict, enum workload_group group);

/* The same as a sign before the word: "▲", "▼", "≈", "?"; "" for none. */
const char *verdict_sign(enum verdict_word verdict);

/* The class that the style sheet knows it by. */
const char *verdict_class(enum verdict_word verdict);

/*
 * The answer in paragraphs and a list: the quickest virtual machine of this
 * record against the quickest container, at start-up, at work and at rest.
 */
void sentences_answer(const struct record *record, enum text_form form,
                      FILE *out);

#endif
