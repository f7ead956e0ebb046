/*
 * NULL-terminated vectors of strings: command lines, lists of names.
 */
#ifndef RINGSIDE_BENCH_WORDS_H
#define RINGSIDE_BENCH_WORDS_H

#include "oci/cleanup.h"

#include <stdbool.h>
#include <stddef.h>

/* Number of strings; NULL counts as none. */
size_t words_count(char *const *words);

/* Appends a copy of word, growing *words (which may be NULL). -ENOMEM. */
int words_append(char ***words, const char *word);

/* Appends copies of all of them. -ENOMEM. */
int words_append_all(char ***words, char *const *more);

/* A deep copy, never NULL except without memory. */
char **words_copy(char *const *words);

bool words_contain(char *const *words, const char *word);

/*
 * Splits "a,b,c" at commas, dropping empty parts. *words is never NULL on
 * success. -ENOMEM.
 */
int words_split(const char *text, char ***words);

void words_free(char **words);

static inline void cleanup_words(char ***words)
{
    words_free(*words);
}
#define _cleanup_words_ _cleanup_(cleanup_words)

/* printf into fresh memory; NULL when memory is out. */
char *text_format(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

#endif
