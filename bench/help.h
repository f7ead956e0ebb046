/* Text below the options of --help, for an argp's help_filter. */
#ifndef RINGSIDE_BENCH_HELP_H
#define RINGSIDE_BENCH_HELP_H

#include <argp.h>
#include <stdio.h>

/*
 * Answers a help_filter's call: what `write` writes for the text after the
 * options (ARGP_KEY_HELP_POST_DOC), else the text that argp has. argp frees it.
 */
char *help_below_options(int key, const char *text,
                         void (*write)(FILE *stream));

#endif
