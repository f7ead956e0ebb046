/*
 * The words of the report, in the reader's language: a file a language under
 * report/strings, each an object of key and text. A text is written once for
 * every form of the report; its only markup is **bold**, `code` and
 * [words](#section). {1} to {9} stand for what the program puts in.
 */
#ifndef RINGSIDE_REPORT_STRINGS_H
#define RINGSIDE_REPORT_STRINGS_H

#include "oci/error.h"

#include <stdbool.h>
#include <stdio.h>

/* What a text is written for. */
enum text_form { FORM_HTML, FORM_MARKDOWN, FORM_PLAIN };

/*
 * The language from now on, of the whole program, as setlocale does: "en",
 * which it is from the beginning, or "ko". Errors: -EINVAL for a language
 * that there is no file of, naming those there are.
 */
int strings_use(const char *language, struct error *error);

/* The language in use. */
const char *strings_language(void);

/* The text of a key as it stands in the file; the key where there is none. */
const char *say(const char *key);

/* The text of prefix and name together, or NULL. */
const char *say_named(const char *prefix, const char *name);

/*
 * What the record calls something ("Start and exit"), in the reader's
 * language where prefix and name have a text and the record's title is the
 * English one; a title of the reader's own stays.
 */
const char *say_title(const char *prefix, const char *name, const char *title);

/*
 * Writes the text of a key in that form. Arguments are strings up to a NULL;
 * {n} is the n-th, escaped for the form, {n!} is one that is already written
 * in it. Lacking arguments are empty.
 */
void say_list(FILE *out, enum text_form form, const char *key, ...)
    __attribute__((sentinel));

#define say_as(out, form, ...) say_list(out, form, __VA_ARGS__, NULL)
#define say_html(out, ...)     say_list(out, FORM_HTML, __VA_ARGS__, NULL)

/* The same as a string, which the caller frees; NULL without memory. */
char *say_text(enum text_form form, const char *key, ...)
    __attribute__((sentinel));

/* Writes somebody's text escaped for the form. */
void say_escaped(FILE *out, enum text_form form, const char *text);

#endif
