/*
 * Where the methods of measuring an idle instance's memory disagree, and why:
 * a table of rules, each with a difference between figures of the summary and
 * its reason. docs/costs.md tells them at length.
 */
#ifndef RINGSIDE_BENCH_MEMORY_METHODS_H
#define RINGSIDE_BENCH_MEMORY_METHODS_H

#include "oci/error.h"

#include <jansson.h>
#include <stdbool.h>

#define MEMORY_METHODS_FILE "memory.txt"

/*
 * "memory_methods" of summary.json out of its "cells": a list of {"platform",
 * "workload", "larger", "smaller", "difference", "reason"}, platform by
 * platform. NULL when memory is out.
 */
json_t *memory_methods_to_json(const json_t *cells);

/* What a reason of that list means, in a clause; "" for none of them. */
const char *memory_methods_reason(const char *reason);

/*
 * Writes DIRECTORY/memory.txt from a summary that has that list: the figures of
 * each platform by each method, then what sets them apart. Nothing is written
 * for a session in which nothing idled. Errors: of the file system.
 */
int memory_methods_write(const char *directory, const json_t *summary,
                         struct error *error);

#endif
