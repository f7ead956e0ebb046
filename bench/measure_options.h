/*
 * Options of the verbs that measure, `run` and `bench`, as a child parser for
 * argp.
 */
#ifndef RINGSIDE_BENCH_MEASURE_OPTIONS_H
#define RINGSIDE_BENCH_MEASURE_OPTIONS_H

#include "bench/experiment.h"

#include <argp.h>

/* The child parser; its input is a struct experiment_options. */
extern const struct argp measure_argp;

/* What holds when nothing is said; released with measure_options_release. */
void measure_options_init(struct experiment_options *options);
void measure_options_release(struct experiment_options *options);

#endif
