/* Figures, padding and wrapping for the terminal table. */
#include "bench/table_text.h"

#include <math.h>
#include <string.h>

void text_figure(double value, char *text, size_t size)
{
    int digits = value >= 99.95    ? 0
                 : value >= 9.995  ? 1
                 : value >= 0.9995 ? 2
                                   : 3;

    snprintf(text, size, "%.*f", digits, value);
}

void text_ratio(double value, char *text, size_t size)
{
    if (value >= 0.0995 && value < 0.9995)
        snprintf(text, size, "%.2f", value);
    else
        text_figure(value, text, size);
}

void text_quantity(double value, const char *unit, char *text, size_t size)
{
    static const struct {
        const char *unit, *shown;
        double factor;
    } scales[] = {
        /* For each unit from the largest to the smallest. */
        {"ns", "s", 1e9},
        {"ns", "ms", 1e6},
        {"ns", "us", 1e3},
        {"bytes", "GiB", 1024.0 * 1024 * 1024},
        {"bytes", "MiB", 1024.0 * 1024},
        {"bytes", "KiB", 1024.0},
    };
    char figure[32];

    for (size_t i = 0; i < sizeof(scales) / sizeof(scales[0]); i++)
        if (strcmp(unit, scales[i].unit) == 0 && value >= scales[i].factor) {
            value /= scales[i].factor;
            unit = scales[i].shown;
            break;
        }
    text_figure(value, figure, sizeof(figure));
    snprintf(text, size, "%s %s", figure, unit);
}

int text_columns(const char *text)
{
    int columns = 0;

    for (; *text != '\0'; text++)
        columns += ((unsigned char)*text & 0xc0) != 0x80;
    return columns;
}

/* Text as the stream can show it: without UTF-8, one '?' a character. */
static void print_text(const char *text, const struct table_style *style,
                       FILE *stream)
{
    for (; *text != '\0'; text++) {
        unsigned char byte = (unsigned char)*text;

        if (style->utf8 || byte < 0x80)
            fputc(byte, stream);
        else if ((byte & 0xc0) != 0x80)
            fputc('?', stream);
    }
}

void cell_print(const struct table_cell *cell, int width, bool pad_left,
                const struct table_style *style, FILE *stream)
{
    /* ECMA-48, select graphic rendition. */
    static const char *const colors[TONES] = {
        [TONE_PLAIN] = "",
        [TONE_GOOD] = "\033[32m",
        [TONE_BAD] = "\033[31m",
        [TONE_DIM] = "\033[2m",
    };
    int padding = width - text_columns(cell->text);
    bool color = style->color && cell->tone != TONE_PLAIN;

    if (padding > 0 && pad_left)
        fprintf(stream, "%*s", padding, "");
    if (color)
        fputs(colors[cell->tone], stream);
    print_text(cell->text, style, stream);
    if (color)
        fputs("\033[0m", stream);
    if (padding > 0 && !pad_left)
        fprintf(stream, "%*s", padding, "");
}

void paragraph_print(const char *label, const char *text,
                     const struct table_style *style, FILE *stream)
{
    int indent = text_columns(label);
    int column = indent;

    print_text(label, style, stream);
    while (*text != '\0') {
        size_t length = strcspn(text, " ");
        char word[1200];
        int wide;

        snprintf(word, sizeof(word), "%.*s", (int)length, text);
        wide = text_columns(word);
        if (column > indent && column + 1 + wide > style->width) {
            fprintf(stream, "\n%*s", indent, "");
            column = indent;
        } else if (column > indent) {
            fputc(' ', stream);
            column++;
        }
        print_text(word, style, stream);
        column += wide;
        text += length + strspn(text + length, " ");
    }
    fputc('\n', stream);
}
