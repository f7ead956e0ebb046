/* What the table says of function apart from speed. */
#ifndef RINGSIDE_BENCH_TABLE_FUNCTION_H
#define RINGSIDE_BENCH_TABLE_FUNCTION_H

#include "bench/table_text.h"

#include <jansson.h>

/* A sentence for each entry of the summary's "function"; none without one. */
void table_function_print(const json_t *summary,
                          const struct table_style *style, FILE *stream);

#endif
