/*
 * Short forms of strings. See text.h.
 */
#include "report/text.h"

#include <string.h>

static size_t character_length(const char *text)
{
    size_t length = 1;

    while (length < 4 && ((unsigned char)text[length] & 0xc0) == 0x80)
        length++;
    return length;
}

struct short_text shorten(const char *text, size_t characters)
{
    struct short_text result;
    size_t length = 0;

    if (characters > TEXT_MAX_CHARACTERS)
        characters = TEXT_MAX_CHARACTERS;
    while (*text != '\0' && characters-- > 0) {
        const size_t count = character_length(text);

        memcpy(result.text + length, text, count);
        length += count;
        text += count;
    }
    strcpy(result.text + length, *text != '\0' ? "…" : "");
    return result;
}
