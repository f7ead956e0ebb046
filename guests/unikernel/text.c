/* Text in a buffer; see text.h. */
#include "guests/unikernel/text.h"

#include "guests/unikernel/string.h"

#include <stdarg.h>
#include <stdbool.h>

enum { DIGITS_MAX = 22 };

/* One conversion of a format: "%-08lx" and the like. */
struct conversion {
    bool left, zeros, is_long;
    uint64_t width;
    char kind;
};

void text_add(struct text *text, const char *bytes, uint64_t length)
{
    if (text->length < text->size) {
        uint64_t room = text->size - text->length;

        memcpy(text->buffer + text->length, bytes,
               length < room ? length : room);
    }
    text->length += length;
}

static void add_padding(struct text *text, char padding, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++)
        text_add(text, &padding, 1);
}

static void add_padded(struct text *text, const struct conversion *conversion,
                       const char *bytes, uint64_t length)
{
    uint64_t missing =
        conversion->width > length ? conversion->width - length : 0;

    if (!conversion->left)
        add_padding(text, ' ', missing);
    text_add(text, bytes, length);
    if (conversion->left)
        add_padding(text, ' ', missing);
}

static void add_number(struct text *text, const struct conversion *conversion,
                       uint64_t value, bool negative)
{
    uint64_t base = conversion->kind == 'x'   ? 16
                    : conversion->kind == 'o' ? 8
                                              : 10;
    char digits[DIGITS_MAX + 1];
    uint64_t at = sizeof(digits), length;

    do {
        digits[--at] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value > 0);
    length = sizeof(digits) - at + negative;
    if (conversion->zeros && !conversion->left) {
        if (negative)
            text_add(text, "-", 1);
        if (conversion->width > length)
            add_padding(text, '0', conversion->width - length);
        text_add(text, digits + at, sizeof(digits) - at);
        return;
    }
    if (negative)
        digits[--at] = '-';
    add_padded(text, conversion, digits + at, length);
}

/* Parses behind the '%'; returns what follows the conversion. */
static const char *parse(const char *at, struct conversion *conversion)
{
    *conversion = (struct conversion){0};
    for (; *at == '-' || *at == '0'; at++) {
        if (*at == '-')
            conversion->left = true;
        else
            conversion->zeros = true;
    }
    for (; *at >= '0' && *at <= '9'; at++)
        conversion->width = conversion->width * 10 + (uint64_t)(*at - '0');
    if (*at == 'l') {
        conversion->is_long = true;
        at++;
    }
    conversion->kind = *at;
    return at + 1;
}

static void convert(struct text *text, const struct conversion *conversion,
                    va_list *arguments)
{
    const char *string;
    int64_t number;
    char character;

    switch (conversion->kind) {
    case 's':
        string = va_arg(*arguments, const char *);
        add_padded(text, conversion, string, strlen(string));
        break;
    case 'c':
        character = (char)va_arg(*arguments, int);
        add_padded(text, conversion, &character, 1);
        break;
    case 'd':
        number = conversion->is_long ? va_arg(*arguments, long)
                                     : va_arg(*arguments, int);
        add_number(text, conversion,
                   number < 0 ? 0 - (uint64_t)number : (uint64_t)number,
                   number < 0);
        break;
    case '%':
        text_add(text, "%", 1);
        break;
    default: /* u, x, o */
        add_number(text, conversion,
                   conversion->is_long ? va_arg(*arguments, unsigned long)
                                       : va_arg(*arguments, unsigned int),
                   false);
        break;
    }
}

void text_format(struct text *text, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    while (*format != '\0') {
        struct conversion conversion;
        uint64_t plain = 0;

        while (format[plain] != '\0' && format[plain] != '%')
            plain++;
        text_add(text, format, plain);
        format += plain;
        if (*format == '%') {
            format = parse(format + 1, &conversion);
            convert(text, &conversion, &arguments);
        }
    }
    va_end(arguments);
}
