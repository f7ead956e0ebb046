/* Checks on the strings of a result file; see the header. */
#include "bench/results_text.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

bool text_is_name(const char *text, size_t maximum)
{
    size_t length = strlen(text);

    return length > 0 && length <= maximum && text[0] != '-' &&
           text[0] != '.' &&
           strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                        "abcdefghijklmnopqrstuvwxyz"
                        "0123456789.+_-") == length;
}

bool text_is_hex(const char *text, size_t maximum)
{
    size_t length = strlen(text);

    return length >= 2 && length <= maximum && length % 2 == 0 &&
           strspn(text, "0123456789abcdef") == length;
}

bool text_is_time(const char *text)
{
    static const char pattern[] = "dddd-dd-ddTdd:dd:dd";
    const char *rest;

    for (size_t i = 0; pattern[i] != '\0'; i++)
        if (pattern[i] == 'd' ? !isdigit((unsigned char)text[i])
                              : text[i] != pattern[i])
            return false;
    rest = text + sizeof(pattern) - 1;
    if (*rest == '.') {
        size_t digits = strspn(rest + 1, "0123456789");

        if (digits < 1 || digits > 9)
            return false;
        rest += 1 + digits;
    }
    return strcmp(rest, "Z") == 0;
}

/*
 * The length of the UTF-8 character at text and its code point, or 0 for bytes
 * that are none. Source: Unicode 15, table 3-7 (no overlong forms, no
 * surrogates, nothing above U+10FFFF).
 */
static size_t decode_character(const char *text, uint32_t *point)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *bytes = (const unsigned char *)text;
    size_t length;

    if (bytes[0] < 0x80) {
        *point = bytes[0];
        return 1;
    }
    length = bytes[0] >= 0xf0 ? 4 : bytes[0] >= 0xe0 ? 3 : 2;
    if (bytes[0] < 0xc2 || bytes[0] > 0xf4)
        return 0;
    *point = bytes[0] & (0x7fu >> length);
    for (size_t i = 1; i < length; i++) {
        if ((bytes[i] & 0xc0) != 0x80)
            return 0;
        *point = *point << 6 | (bytes[i] & 0x3f);
    }
    if (*point < smallest[length] || *point > 0x10ffff ||
        (*point >= 0xd800 && *point <= 0xdfff))
        return 0;
    return length;
}

/* Controls, and the line separators and directional marks of Unicode that
 * make a line look like something that it is not. */
static bool is_unfit(uint32_t point)
{
    return point < 0x20 || (point >= 0x7f && point <= 0x9f) ||
           (point >= 0x2028 && point <= 0x202e) ||
           (point >= 0x2066 && point <= 0x2069) || point == 0xfeff;
}

bool text_is_line(const char *text, size_t maximum)
{
    if (strlen(text) > maximum)
        return false;
    while (*text != '\0') {
        uint32_t point;
        size_t length = decode_character(text, &point);

        if (length == 0 || is_unfit(point))
            return false;
        text += length;
    }
    return true;
}

void text_make_line(const char *text, char *fit, size_t size)
{
    size_t used = 0;

    while (*text != '\0') {
        uint32_t point;
        size_t length = decode_character(text, &point);
        bool unfit = length == 0 || is_unfit(point);
        size_t wanted = unfit ? 1 : length;

        if (used + wanted >= size)
            break;
        if (unfit)
            fit[used] = '?';
        else
            memcpy(fit + used, text, length);
        used += wanted;
        text += length > 0 ? length : 1;
    }
    fit[used] = '\0';
}
