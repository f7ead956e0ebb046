/*
 * Numbers as people read them. See numbers.h.
 */
#include "report/numbers.h"

#include "report/strings.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define NO_BREAK_SPACE "\u00a0"

static const struct {
    const char *from;
    double above; /* in the unit it comes from */
    double factor;
    const char *unit;
} scales[] = {
    {"ns", 0.9995e9, 1e-9, "s"},     {"ns", 0.9995e6, 1e-6, "ms"},
    {"ns", 0.9995e3, 1e-3, "µs"},    {"ns", 0, 1, "ns"},
    {"bytes", 0.9995e9, 1e-9, "GB"}, {"bytes", 0.9995e6, 1e-6, "MB"},
    {"bytes", 0.9995e3, 1e-3, "kB"}, {"bytes", 0, 1, "B"},
};

struct number_scale number_scale(double value, const char *unit)
{
    struct number_scale scale = {.factor = 1};

    for (size_t i = 0; i < sizeof(scales) / sizeof(*scales); i++)
        if (strcmp(unit, scales[i].from) == 0 && value >= scales[i].above) {
            scale.factor = scales[i].factor;
            unit = scales[i].unit;
            break;
        }
    snprintf(scale.unit, sizeof(scale.unit), "%s", unit);
    return scale;
}

/* Decimals that leave three significant digits of a number, at most 4. */
static int decimals_of(double value)
{
    int magnitude = value > 0 ? (int)floor(log10(value * 1.0005)) : 0;

    return magnitude >= 2 ? 0 : magnitude <= -2 ? 4 : 2 - magnitude;
}

/* A number that could have any size at all, without 300 digits. */
static void write_number(char *text, size_t size, double value, int decimals)
{
    if (fabs(value) >= 1e7)
        snprintf(text, size, "%.3g", value);
    else
        snprintf(text, size, "%.*f", decimals, value);
}

struct number_text number_value(double value, const char *unit)
{
    const struct number_scale scale = number_scale(value, unit);
    const double scaled = value * scale.factor;
    struct number_text result;
    char number[32];

    write_number(number, sizeof(number), scaled, decimals_of(scaled));
    snprintf(result.text, sizeof(result.text), "%s%s%s", number,
             scale.unit[0] != '\0' ? NO_BREAK_SPACE : "", scale.unit);
    return result;
}

static struct number_text bracket(const struct figure *figure, double factor,
                                  int decimals)
{
    struct number_text result;
    char low[32], high[32];

    if (!figure->has_interval) {
        snprintf(result.text, sizeof(result.text), "[%s]",
                 say("number.no-interval"));
        return result;
    }
    write_number(low, sizeof(low), figure->low * factor, decimals);
    write_number(high, sizeof(high), figure->high * factor, decimals);
    snprintf(result.text, sizeof(result.text), "[%s," NO_BREAK_SPACE "%s]", low,
             high);
    return result;
}

struct number_text number_interval(const struct figure *figure,
                                   const char *unit)
{
    const double factor = number_scale(figure->median, unit).factor;

    return bracket(figure, factor, decimals_of(figure->median * factor));
}

static struct number_text join(struct number_text value,
                               struct number_text interval)
{
    struct number_text result;

    snprintf(result.text, sizeof(result.text), "%.70s %.80s", value.text,
             interval.text);
    return result;
}

struct number_text number_figure(const struct figure *figure, const char *unit)
{
    return join(number_value(figure->median, unit),
                number_interval(figure, unit));
}

/* Differences of a thousandth matter next to 1, and nowhere else. */
static int ratio_decimals(double ratio)
{
    return ratio >= 0.5 && ratio < 2 ? 3 : decimals_of(ratio);
}

struct number_text number_ratio(double ratio)
{
    struct number_text result;

    write_number(result.text, sizeof(result.text), ratio,
                 ratio_decimals(ratio));
    return result;
}

struct number_text number_ratio_interval(const struct figure *ratio)
{
    return bracket(ratio, 1, ratio_decimals(ratio->median));
}

struct number_text number_ratio_figure(const struct figure *ratio)
{
    return join(number_ratio(ratio->median), number_ratio_interval(ratio));
}

double figure_reach(const struct figure *ratio)
{
    return fmax(fabs(ratio->low - 1), fabs(ratio->high - 1));
}

struct number_text number_reach(const struct figure *ratio)
{
    struct number_text result;

    snprintf(result.text, sizeof(result.text), "%.1f" NO_BREAK_SPACE "%%",
             ceil(figure_reach(ratio) * 1000) / 10);
    return result;
}

struct figure figure_inverse(const struct figure *ratio)
{
    struct figure inverse = *ratio;

    if (ratio->n == 0 || ratio->low <= 0)
        return (struct figure){0};
    inverse.median = 1 / ratio->median;
    inverse.low = 1 / ratio->high;
    inverse.high = 1 / ratio->low;
    return inverse;
}
