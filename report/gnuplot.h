/*
 * Running gnuplot: no shell, no start-up files of the user, a deadline.
 */
#ifndef RINGSIDE_REPORT_GNUPLOT_H
#define RINGSIDE_REPORT_GNUPLOT_H

#include "oci/error.h"

enum { GNUPLOT_TIMEOUT_SECONDS = 30 };

/*
 * Runs `gnuplot -d SCRIPT` in the directory fd and waits for its end.
 * Errors: -ENOENT when there is no gnuplot, -ETIMEDOUT when it took longer
 * than GNUPLOT_TIMEOUT_SECONDS and was killed, -EIO with the last line of its
 * standard error when it failed.
 */
int gnuplot_run(int directory, const char *script, struct error *error);

#endif
