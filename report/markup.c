/*
 * Pieces of sentences. See markup.h.
 */
#include "report/markup.h"

#include "report/html.h"
#include "report/palette.h"
#include "report/text.h"

#include <string.h>

static void write_marker(FILE *out, const struct look *look)
{
    double opacity = 1;
    const bool role = colour_role(look->colour, &opacity);
    char colour[24];

    snprintf(colour, sizeof(colour), role ? "currentColor" : "#%06x",
             look->colour);
    html(out,
         "<svg class=\"mark\" viewBox=\"0 0 16 16\" aria-hidden=\"true\">"
         "<path d=\"%s\" fill=\"%s\" stroke=\"%s\" stroke-width=\"1.8\"/>"
         "</svg>",
         look->path, look->filled ? colour : "none", colour);
}

struct markup markup_platform(const struct record *record,
                              const struct platform_entry *platform,
                              enum text_form form)
{
    const struct short_text title =
        shorten(platform->title, TEXT_MAX_CHARACTERS);
    const struct look look = platform_look(record, platform);
    struct markup markup = {0};
    FILE *out = fmemopen(markup.text, sizeof(markup.text) - 1, "w");

    if (out == NULL)
        return markup;
    if (form == FORM_HTML) {
        fputs("<span class=\"who\">", out);
        write_marker(out, &look);
        html(out, "<span class=\"name\">%s</span></span>", title.text);
    } else {
        say_escaped(out, form, title.text);
    }
    fclose(out);
    return markup;
}

struct markup markup_figure(const struct cell *cell, enum text_form form)
{
    struct markup markup = {0};
    FILE *out = fmemopen(markup.text, sizeof(markup.text) - 1, "w");

    if (out == NULL)
        return markup;
    say_as(out, form, "figure",
           number_value(cell->value.median, cell->unit).text,
           number_interval(&cell->value, cell->unit).text,
           number_count(cell->value.n).text);
    fclose(out);
    return markup;
}

struct markup markup_ratio(const struct figure *ratio, enum text_form form)
{
    struct markup markup = {0};
    FILE *out = fmemopen(markup.text, sizeof(markup.text) - 1, "w");

    if (out == NULL)
        return markup;
    say_as(out, form, "ratio", number_value(ratio->median, "").text,
           number_interval(ratio, "").text);
    fclose(out);
    return markup;
}

struct number_text number_count(size_t count)
{
    struct number_text text;

    snprintf(text.text, sizeof(text.text), "%zu", count);
    return text;
}

const char *workload_title(const struct workload_entry *workload)
{
    return say_title("workload.", workload->name, workload->title);
}
