/*
 * What a string in a result file may look like. Strings end up in terminals
 * and in HTML, and some come from programs under test, so nothing that a
 * terminal would obey gets through.
 */
#ifndef RINGSIDE_BENCH_RESULTS_TEXT_H
#define RINGSIDE_BENCH_RESULTS_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* 1..maximum bytes of letters, digits and .+_- that begin with neither - nor
 * a dot. */
bool text_is_name(const char *text, size_t maximum);

/* At most maximum bytes of valid UTF-8 without control characters (C0, DEL,
 * C1) and without the marks that reorder text or break lines. */
bool text_is_line(const char *text, size_t maximum);

/* 2..maximum lower-case hexadecimal digits, an even number. */
bool text_is_hex(const char *text, size_t maximum);

/* YYYY-MM-DDThh:mm:ssZ, or with a fraction of a second before the Z. */
bool text_is_time(const char *text);

/*
 * Copies text into fit (size bytes, terminated): what text_is_line would not
 * let through becomes '?', and what is too long is cut between characters.
 */
void text_make_line(const char *text, char *fit, size_t size);

#endif
