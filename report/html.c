/*
 * An HTML writer that escapes. See html.h.
 */
#include "report/html.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static const char *escape_of(unsigned char byte)
{
    switch (byte) {
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '&':
        return "&amp;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return byte < 0x20 || byte == 0x7f ? " " : NULL;
    }
}

/*
 * U+200E/F, U+202A..E and U+2066..9 change the direction of what follows:
 * E2 80 8E/8F, E2 80 AA..AE, E2 81 A6..A9.
 */
static bool reorders(const unsigned char *text)
{
    if (text[0] != 0xe2)
        return false;
    if (text[1] == 0x80)
        return text[2] == 0x8e || text[2] == 0x8f ||
               (text[2] >= 0xaa && text[2] <= 0xae);
    return text[1] == 0x81 && text[2] >= 0xa6 && text[2] <= 0xa9;
}

static bool continues(unsigned char byte)
{
    return (byte & 0xc0) == 0x80;
}

void html_text(FILE *out, const char *text, size_t limit)
{
    const unsigned char *bytes = (const unsigned char *)text;

    for (size_t i = 0; bytes[i] != '\0'; i++) {
        const char *escape = escape_of(bytes[i]);

        if (i >= limit && !continues(bytes[i])) {
            fputs("…", out);
            return;
        }
        if (reorders(bytes + i)) {
            fputc(' ', out);
            i += 2;
        } else if (escape != NULL) {
            fputs(escape, out);
        } else {
            fputc(bytes[i], out);
        }
    }
}

void html(FILE *out, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    for (const char *at = format; *at != '\0'; at++) {
        if (*at != '%') {
            fputc(*at, out);
            continue;
        }
        switch (*++at) {
        case 's':
            html_text(out, va_arg(arguments, const char *), HTML_TEXT_LIMIT);
            break;
        case 'd':
            fprintf(out, "%d", va_arg(arguments, int));
            break;
        case 'z': /* %zu */
            at++;
            fprintf(out, "%zu", va_arg(arguments, size_t));
            break;
        default:
            fputc(*at, out);
        }
    }
    va_end(arguments);
}
