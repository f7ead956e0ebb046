/*
 * gnuplot's SVG made fit for the page. See svg.h.
 *
 * One pass over the tags. gnuplot's output is simple: no comments, no CDATA,
 * no '>' inside attribute values, every attribute quoted. An opening <g> is
 * held back until something visible follows, so that the many empty groups
 * vanish.
 */
#include "report/svg.h"

#include "oci/cleanup.h"
#include "report/assets.h"
#include "report/html.h"
#include "report/palette.h"

#include <string.h>

enum { MAX_DEPTH = 64 };

struct converter {
    FILE *out;
    const char *prefix;
    struct svg *svg;
    const char *held[MAX_DEPTH]; /* <g> tags not yet written */
    size_t held_length[MAX_DEPTH];
    int depth, written; /* open <g>s, and how many of them are written */
    bool closed;        /* </svg> was there */
};

struct attribute {
    const char *name, *value;
    size_t name_length, value_length;
};

static const char *skip_space(const char *at, const char *end)
{
    while (at < end && strchr(" \t\r\n", *at) != NULL)
        at++;
    return at;
}

/* The next name="value" of a tag, or NULL after the last. */
static const char *next_attribute(const char *at, const char *end,
                                  struct attribute *attribute)
{
    at = skip_space(at, end);
    attribute->name = at;
    while (at < end && strchr("= \t\r\n/", *at) == NULL)
        at++;
    attribute->name_length = (size_t)(at - attribute->name);
    at = skip_space(at, end);
    if (at == end || *at != '=')
        return NULL;
    at = skip_space(at + 1, end);
    if (at == end || (*at != '\'' && *at != '"'))
        return NULL;
    attribute->value = at + 1;
    at = memchr(attribute->value, *at, (size_t)(end - attribute->value));
    if (at == NULL)
        return NULL;
    attribute->value_length = (size_t)(at - attribute->value);
    return at + 1;
}

static bool is_named(const struct attribute *attribute, const char *name)
{
    return attribute->name_length == strlen(name) &&
           memcmp(attribute->name, name, attribute->name_length) == 0;
}

/* "rgb(  0, 114, 178)" or "#0072b2". */
static bool parse_colour(const struct attribute *attribute, uint32_t *colour)
{
    char text[32];
    unsigned red, green, blue;

    snprintf(text, sizeof(text), "%.*s", (int)attribute->value_length,
             attribute->value);
    if (sscanf(text, "rgb( %u , %u , %u )", &red, &green, &blue) != 3 &&
        sscanf(text, "#%2x%2x%2x", &red, &green, &blue) != 3)
        return false;
    *colour = (red & 255) << 16 | (green & 255) << 8 | (blue & 255);
    return true;
}

/*
 * A colour, or nothing where the surrounding colour is the right one. A role
 * brings its opacity, unless the tag has one of its own.
 */
static void write_colour(FILE *out, const struct attribute *attribute,
                         bool has_opacity)
{
    const char *name = is_named(attribute, "fill") ? "fill" : "stroke";
    const bool is_color = is_named(attribute, "color");
    uint32_t colour;
    double opacity;

    if (!parse_colour(attribute, &colour)) {
        /* "black" as the base of currentColor would be lost in the dark */
        if (!is_color)
            fprintf(out, " %s='%.*s'", name, (int)attribute->value_length,
                    attribute->value);
    } else if (!colour_role(colour, &opacity)) {
        fprintf(out, " %s='#%06x'", is_color ? "color" : name, colour);
    } else if (!is_color) {
        fprintf(out, " %s='currentColor'", name);
        if (opacity < 1 && !has_opacity)
            fprintf(out, " %s-opacity='%g'", name, opacity);
    } else if (opacity < 1 && !has_opacity) {
        fprintf(out, " opacity='%g'", opacity);
    }
}

/* gnuplot leaves the weight in the family: "sans-serif:Bold". */
static bool is_bold(const struct attribute *attribute)
{
    return memmem(attribute->value, attribute->value_length, ":Bold", 5) !=
           NULL;
}

static void write_attribute(const struct converter *converter,
                            const struct attribute *attribute, bool has_opacity)
{
    FILE *out = converter->out;
    const int length = (int)attribute->value_length;

    if (is_named(attribute, "id"))
        fprintf(out, " id='%s-%.*s'", converter->prefix, length,
                attribute->value);
    else if (is_named(attribute, "xlink:href") && length > 0)
        fprintf(out, " href='#%s-%.*s'", converter->prefix, length - 1,
                attribute->value + 1);
    else if (is_named(attribute, "fill") || is_named(attribute, "stroke") ||
             is_named(attribute, "color"))
        write_colour(out, attribute, has_opacity);
    else if (is_named(attribute, "font-family"))
        fputs(is_bold(attribute) ? " font-weight='600'" : "", out);
    else if (!is_named(attribute, "class"))
        fprintf(out, " %.*s='%.*s'", (int)attribute->name_length,
                attribute->name, length, attribute->value);
}

/* Copies an opening tag; tag points behind '<', length excludes '>'. */
static void write_tag(const struct converter *converter, const char *tag,
                      size_t length)
{
    const char *end = tag + length, *at = tag;
    const bool has_opacity = memmem(tag, length, "opacity", 7) != NULL;
    struct attribute attribute;

    while (at < end && strchr(" \t\r\n/", *at) == NULL)
        at++;
    fprintf(converter->out, "<%.*s", (int)(at - tag), tag);
    while ((at = next_attribute(at, end, &attribute)) != NULL)
        write_attribute(converter, &attribute, has_opacity);
    fputs(length > 0 && end[-1] == '/' ? "/>" : ">", converter->out);
}

static void write_held_groups(struct converter *converter)
{
    while (converter->written < converter->depth) {
        write_tag(converter, converter->held[converter->written],
                  converter->held_length[converter->written]);
        converter->written++;
    }
}

static int open_group(struct converter *converter, const char *tag,
                      size_t length)
{
    if (converter->depth == MAX_DEPTH)
        return -EINVAL;
    converter->held[converter->depth] = tag;
    converter->held_length[converter->depth++] = length;
    return 0;
}

static int close_group(struct converter *converter)
{
    if (converter->depth == 0)
        return -EINVAL;
    if (converter->written == converter->depth--) {
        converter->written--;
        fputs("</g>\n", converter->out);
    }
    return 0;
}

static bool starts(const char *tag, const char *name)
{
    const size_t length = strlen(name);

    return strncmp(tag, name, length) == 0 &&
           strchr(" \t\r\n/>", tag[length]) != NULL;
}

/* Behind the end of an element that is left out, content and all. */
static const char *skip_element(const char *tag)
{
    static const char *const dropped[] = {"title", "desc", "filter"};
    char closing[16];

    for (size_t i = 0; i < sizeof(dropped) / sizeof(*dropped); i++) {
        const char *end;

        if (!starts(tag, dropped[i]))
            continue;
        snprintf(closing, sizeof(closing), "</%s>", dropped[i]);
        end = strstr(tag, closing);
        return end == NULL ? NULL : end + strlen(closing);
    }
    return NULL;
}

static void read_size(struct converter *converter, const char *tag,
                      size_t length)
{
    const char *end = tag + length, *at = tag + strlen("svg");
    struct attribute attribute;

    while ((at = next_attribute(at, end, &attribute)) != NULL)
        if (is_named(&attribute, "viewBox"))
            sscanf(attribute.value, "0 0 %5d %5d", &converter->svg->width,
                   &converter->svg->height);
}

/* One tag; tag points behind '<', length excludes '>'. */
static int convert_tag(struct converter *converter, const char *tag,
                       size_t length)
{
    if (tag[0] == '?' || tag[0] == '!')
        return 0;
    if (starts(tag, "/svg")) {
        converter->closed = true;
        return 0;
    }
    if (starts(tag, "svg")) {
        read_size(converter, tag, length);
        return 0;
    }
    if (starts(tag, "g"))
        return open_group(converter, tag, length);
    if (starts(tag, "/g"))
        return close_group(converter);
    write_held_groups(converter);
    if (tag[0] == '/')
        fprintf(converter->out, "<%.*s>\n", (int)length, tag);
    else
        write_tag(converter, tag, length);
    return 0;
}

/* Text between tags: white space is layout, the rest is a label. */
static void convert_text(struct converter *converter, const char *text,
                         const char *end)
{
    for (text = skip_space(text, end); text < end; text++)
        if (*text == '>') /* "]]>" may not stand in XML */
            fputs("&gt;", converter->out);
        else
            fputc(*text, converter->out);
}

static int convert(struct converter *converter, const char *at)
{
    const char *open, *close, *behind;

    for (; (open = strchr(at, '<')) != NULL; at = behind) {
        convert_text(converter, at, open);
        behind = skip_element(open + 1);
        if (behind != NULL)
            continue;
        close = strchr(open, '>');
        if (close == NULL ||
            convert_tag(converter, open + 1, (size_t)(close - open - 1)) < 0)
            return -EINVAL;
        behind = close + 1;
    }
    return converter->closed && converter->depth == 0 &&
                   converter->svg->width > 0 && converter->svg->height > 0
               ? 0
               : -EINVAL;
}

int svg_convert(const char *document, const char *prefix, struct svg *svg,
                struct error *error)
{
    struct converter converter = {.prefix = prefix, .svg = svg};
    size_t size;
    int result;

    *svg = (struct svg){0};
    converter.out = open_memstream(&svg->body, &size);
    if (converter.out == NULL)
        return error_errno(error, ENOMEM, "%s.svg", prefix);
    result = convert(&converter, document);
    if (fclose(converter.out) != 0)
        result = -ENOMEM;
    if (result == 0)
        return 0;
    svg_release(svg);
    return error_set(error, -result,
                     "%s.svg: gnuplot did not write a whole picture", prefix);
}

void svg_release(struct svg *svg)
{
    free(svg->body);
    *svg = (struct svg){0};
}

static void write_content(FILE *out, const struct svg *svg, const char *prefix,
                          const char *title, const char *description)
{
    html(out, "<title id=\"%s-title\">%s</title>\n", prefix, title);
    html(out, "<desc id=\"%s-desc\">%s</desc>\n", prefix, description);
    fputs(svg->body, out);
    fputs("</svg>\n", out);
}

void svg_write_inline(FILE *out, const struct svg *svg, const char *class_name,
                      const char *prefix, const char *title,
                      const char *description)
{
    html(out,
         "<svg class=\"%s\" viewBox=\"0 0 %d %d\" role=\"img\" "
         "aria-labelledby=\"%s-title %s-desc\">\n",
         class_name, svg->width, svg->height, prefix, prefix);
    write_content(out, svg, prefix, title, description);
}

void svg_write_document(FILE *out, const struct svg *svg, const char *prefix,
                        const char *title, const char *description)
{
    html(out,
         "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
         "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" "
         "role=\"img\" aria-labelledby=\"%s-title %s-desc\">\n",
         svg->width, svg->height, prefix, prefix);
    fprintf(out, "<style>\n%s</style>\n", report_asset_chart);
    write_content(out, svg, prefix, title, description);
}
