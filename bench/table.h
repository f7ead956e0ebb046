/*
 * The short table at the end of a session, drawn from summary.json: a row a
 * platform, start-up in milliseconds, the other workloads as ratios to
 * native, memory of an idle instance. Figures that are missing are '-' with
 * the reason below the table.
 */
#ifndef RINGSIDE_BENCH_TABLE_H
#define RINGSIDE_BENCH_TABLE_H

#include "oci/error.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

struct table_style {
    int width; /* columns of the terminal; groups wrap to fit it */
    bool utf8; /* may write more than ASCII */
    bool color;
};

/*
 * What suits this stream: the terminal's width (80 when it is none), UTF-8 by
 * the locale (the program has called setlocale), colour on a terminal alone
 * unless NO_COLOR is set or TERM is dumb.
 */
struct table_style table_style_detect(FILE *stream);

/*
 * Prints the table of DIRECTORY/summary.json. Errors: those of summary_load,
 * -EINVAL for a summary that is not what docs/results.md says, -EIO and the
 * like when the stream fails.
 */
int table_print(const char *directory, const struct table_style *style,
                FILE *stream, struct error *error);

#endif
