/* From gnuplot's SVG to one for the page, and the writer that escapes. */
#include "report/svg.h"

#include "report/html.h"
#include "report/text.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define DOCUMENT(content)                                             \
    "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"                    \
    "<svg width=\"360\" height=\"200\" viewBox=\"0 0 360 200\" "      \
    "xmlns=\"http://www.w3.org/2000/svg\">\n<title>Gnuplot</title>\n" \
    "<g id=\"gnuplot_canvas\">" content "</g>\n</svg>\n"

/* The converted body, which the caller frees. */
static char *convert(const char *document)
{
    struct error error = {0};
    struct svg svg;

    assert_int_equal(svg_convert(document, "cpu", &svg, &error), 0);
    assert_int_equal(svg.width, 360);
    assert_int_equal(svg.height, 200);
    return svg.body;
}

static void expect(const char *content, const char *converted)
{
    char *body = convert(content);

    assert_string_equal(body, converted);
    free(body);
}

static void ids_and_links_get_the_prefix(void **state)
{
    (void)state;
    expect(DOCUMENT("<circle id='gpDot' r='1'/><use xlink:href='#gpDot'/>"),
           "<g id='cpu-gnuplot_canvas'><circle id='cpu-gpDot' r='1'/>"
           "<use href='#cpu-gpDot'/></g>\n");
}

static void role_colours_follow_the_reader(void **state)
{
    (void)state;
    expect(DOCUMENT("<path stroke='rgb( 27,  27,  27)'/>"
                    "<path stroke='rgb(222, 222, 223)'/>"),
           "<g id='cpu-gnuplot_canvas'><path stroke='currentColor'/>"
           "<path stroke='currentColor' stroke-opacity='0.16'/></g>\n");
}

static void platform_colours_stay(void **state)
{
    (void)state;
    expect(DOCUMENT("<path stroke='rgb(  0, 114, 178)'/>"),
           "<g id='cpu-gnuplot_canvas'><path stroke='#0072b2'/></g>\n");
}

static void an_opacity_is_not_given_twice(void **state)
{
    (void)state;
    expect(DOCUMENT("<polygon fill = 'rgb(107, 107, 108)' "
                    "fill-opacity = '0.35'/>"),
           "<g id='cpu-gnuplot_canvas'><polygon fill='currentColor' "
           "fill-opacity='0.35'/></g>\n");
}

static void empty_groups_vanish(void **state)
{
    (void)state;
    expect(DOCUMENT("<g fill=\"none\">\n</g>\n<g><g></g></g><path/>"),
           "<g id='cpu-gnuplot_canvas'><path/></g>\n");
}

static void titles_of_gnuplot_vanish(void **state)
{
    (void)state;
    expect(DOCUMENT("<title>\"cpu.tsv\" using 1:2</title><path/>"),
           "<g id='cpu-gnuplot_canvas'><path/></g>\n");
}

static void half_a_picture_is_refused(void **state)
{
    static const char *const documents[] = {
        "",
        "<svg viewBox=\"0 0 360 200\"><g>",
        "<svg viewBox=\"0 0 360 200\"><path",
        "<svg><path/></svg>",
        "<svg viewBox=\"0 0 360 200\"></g></svg>",
        "<svg viewBox=\"0 0 360 200\"><title>cut",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(documents) / sizeof(*documents); i++) {
        struct error error = {0};
        struct svg svg;

        assert_int_equal(svg_convert(documents[i], "cpu", &svg, &error),
                         -EINVAL);
        assert_null(svg.body);
    }
}

static char *escaped(const char *text, size_t limit)
{
    char *result;
    size_t size;
    FILE *out = open_memstream(&result, &size);

    html_text(out, text, limit);
    fclose(out);
    return result;
}

static void expect_escaped(const char *text, size_t limit, const char *result)
{
    char *actual = escaped(text, limit);

    assert_string_equal(actual, result);
    free(actual);
}

static void markup_is_escaped(void **state)
{
    (void)state;
    expect_escaped("<b a=\"1\" c='2'>&", 100,
                   "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;");
}

static void control_and_direction_characters_become_spaces(void **state)
{
    (void)state;
    expect_escaped("a\nb\x1b\x7f", 100, "a b  ");
    expect_escaped("x\u202ey\u2066z", 100, "x y z");
}

static void text_is_cut_between_characters(void **state)
{
    (void)state;
    expect_escaped("aµµµ", 2, "aµ…");
    assert_string_equal(shorten("aµµµ", 2).text, "aµ…");
    assert_string_equal(shorten("aµ", 2).text, "aµ");
    assert_string_equal(shorten("", 2).text, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_and_links_get_the_prefix),
        cmocka_unit_test(role_colours_follow_the_reader),
        cmocka_unit_test(platform_colours_stay),
        cmocka_unit_test(an_opacity_is_not_given_twice),
        cmocka_unit_test(empty_groups_vanish),
        cmocka_unit_test(titles_of_gnuplot_vanish),
        cmocka_unit_test(half_a_picture_is_refused),
        cmocka_unit_test(markup_is_escaped),
        cmocka_unit_test(control_and_direction_characters_become_spaces),
        cmocka_unit_test(text_is_cut_between_characters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
