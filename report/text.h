/*
 * Short forms of strings that could be of any length.
 */
#ifndef RINGSIDE_REPORT_TEXT_H
#define RINGSIDE_REPORT_TEXT_H

#include <stddef.h>

enum { TEXT_MAX_CHARACTERS = 60 };

struct short_text {
    char text[4 * TEXT_MAX_CHARACTERS + 4];
};

/*
 * The first characters of a UTF-8 string (at most TEXT_MAX_CHARACTERS), with
 * an ellipsis when there were more. Never cuts a character in two.
 */
struct short_text shorten(const char *text, size_t characters);

#endif
