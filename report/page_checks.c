/*
 * What the harness checked of its own session: whether disturbed runs, the
 * order of the runs or a platform's clock made a difference. Records of older
 * versions lack some of it.
 */
#include "report/html.h"
#include "report/markup.h"
#include "report/numbers.h"
#include "report/page.h"
#include "report/text.h"

#include <string.h>

enum { MAX_CHANGES = 12 }; /* verdicts listed; more are counted */

static struct short_text text_of(json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return shorten(text != NULL ? text : "?", 40);
}

static struct short_text title_of(const struct record *record, const char *name)
{
    const struct workload_entry *workload = record_workload(record, name);

    return shorten(workload != NULL ? workload_title(workload) : name, 40);
}

/* "9 pressure, 3 steal": how often each flag was set. */
static void write_flag_counts(FILE *out, json_t *flagged)
{
    const char *flag, *separator = "";
    json_t *count;

    json_object_foreach(json_object_get(flagged, "by_flag"), flag, count)
    {
        const char *name = say_named("flag.", flag);

        html(out, "%s%zu %s", separator, (size_t)json_integer_value(count),
             shorten(name != NULL ? name : flag, 40).text);
        separator = ", ";
    }
}

/* A verdict's name in the record as the page says it; none is "–". */
static const char *verdict_of(json_t *change, const char *key)
{
    const char *name = json_string_value(json_object_get(change, key));
    const char *text = name != NULL ? say_named("verdict.", name) : NULL;

    return text != NULL ? text : "–";
}

static void write_changes(FILE *out, const struct record *record,
                          json_t *changes)
{
    json_t *change;
    size_t index;

    if (json_array_size(changes) == 0) {
        page_paragraph(out, "trust.flags.same");
        return;
    }
    page_paragraph(out, "trust.flags.changes");
    fputs("<ul class=\"plain\">\n", out);
    json_array_foreach(changes, index, change)
    {
        if (index == MAX_CHANGES)
            break;
        fputs("<li>", out);
        say_html(out, "trust.flags.change", text_of(change, "platform").text,
                 title_of(record, text_of(change, "workload").text).text,
                 verdict_of(change, "verdict"),
                 verdict_of(change, "without_flagged"));
        fputs("</li>\n", out);
    }
    fputs("</ul>\n", out);
    if (json_array_size(changes) > MAX_CHANGES)
        page_paragraph(
            out, "trust.flags.more",
            number_count(json_array_size(changes) - MAX_CHANGES).text);
}

static void write_flags(FILE *out, const struct record *record)
{
    json_t *flagged = json_object_get(record->document, "flagged");
    const json_int_t runs =
        json_integer_value(json_object_get(flagged, "runs"));

    if (!json_is_object(flagged))
        return;
    html(out, "<h3>%s</h3>\n", say("trust.flags"));
    if (runs <= 0) {
        page_paragraph(out, "trust.flags.none");
        return;
    }
    fputs("<p>", out);
    say_html(out, "trust.flags.some", number_count((size_t)runs).text,
             number_count((size_t)record->runs).text);
    fputs(" (", out);
    write_flag_counts(out, flagged);
    fputs(").</p>\n", out);
    write_changes(out, record, json_object_get(flagged, "verdicts_changed"));
}

static void write_order(FILE *out, const struct record *record)
{
    json_t *effects = json_object_get(record->document, "order_effect");
    const char *workload;
    json_t *effect;
    size_t found = 0;

    if (json_object_size(effects) == 0)
        return;
    html(out, "<h3>%s</h3>\n", say("trust.order"));
    json_object_foreach(effects, workload, effect) found +=
        json_is_true(json_object_get(effect, "found"));
    page_paragraph(out, found > 0 ? "trust.order.found" : "trust.order.none",
                   number_count(json_object_size(effects)).text,
                   number_count(found).text);
    if (found == 0)
        return;
    fputs("<ul class=\"plain\">\n", out);
    json_object_foreach(effects, workload, effect)
    {
        json_t *position = json_object_get(effect, "position");

        if (!json_is_true(json_object_get(effect, "found")))
            continue;
        fputs("<li>", out);
        say_html(
            out, "trust.order.of", title_of(record, workload).text,
            number_ratio(json_number_value(json_object_get(position, "ratio")))
                .text);
        fputs("</li>\n", out);
    }
    fputs("</ul>\n", out);
}

static void write_clocks(FILE *out, const struct record *record)
{
    json_t *clocks = json_object_get(record->document, "clocks");
    const char *platform;
    json_t *clock;
    size_t wrong = 0;

    if (json_object_size(clocks) == 0)
        return;
    html(out, "<h3>%s</h3>\n", say("trust.clocks"));
    json_object_foreach(clocks, platform, clock) wrong +=
        json_is_false(json_object_get(clock, "agrees"));
    page_paragraph(out, wrong > 0 ? "trust.clocks.wrong" : "trust.clocks.right",
                   number_count(json_object_size(clocks)).text,
                   number_count(wrong).text);
    if (wrong == 0)
        return;
    fputs("<ul class=\"plain\">\n", out);
    json_object_foreach(clocks, platform, clock)
    {
        struct number_text percent;

        if (!json_is_false(json_object_get(clock, "agrees")))
            continue;
        snprintf(percent.text, sizeof(percent.text), "%.1f",
                 100 * json_number_value(json_object_get(clock, "difference")));
        fputs("<li>", out);
        say_html(out, "trust.clocks.of", shorten(platform, 40).text,
                 percent.text);
        fputs("</li>\n", out);
    }
    fputs("</ul>\n", out);
}

/* "1.02 [0.99, 1.06]", from an object of the record; "" where it has none. */
static struct number_text ratio_of(json_t *ratio)
{
    struct figure figure = {
        .n = (size_t)json_integer_value(json_object_get(ratio, "n")),
        .median = json_number_value(json_object_get(ratio, "median")),
        .has_interval = json_is_number(json_object_get(ratio, "low")) &&
                        json_is_number(json_object_get(ratio, "high")),
        .low = json_number_value(json_object_get(ratio, "low")),
        .high = json_number_value(json_object_get(ratio, "high")),
    };

    return figure.n > 0 ? number_ratio_figure(&figure)
                        : (struct number_text){{0}};
}

/* What another program measured of the same starts. */
static void write_second_instrument(FILE *out, const struct record *record)
{
    json_t *second = json_object_get(record->document, "second_instrument");
    json_t *platforms = json_object_get(second, "platforms"), *entry;
    const char *name;

    if (json_object_size(platforms) == 0)
        return;
    html(out, "<h3>%s</h3>\n", say("trust.second"));
    page_paragraph(out, "trust.second.lead", text_of(second, "instrument").text,
                   title_of(record, text_of(second, "workload").text).text);
    fputs("<ul class=\"plain\">\n", out);
    json_object_foreach(platforms, name, entry)
    {
        json_t *ratio = json_object_get(entry, "ratio");
        const char *why = json_string_value(json_object_get(entry, "why"));
        const struct number_text text = ratio_of(ratio);

        fputs("<li>", out);
        say_html(out, "trust.second.of", shorten(name, 40).text,
                 text.text[0] != '\0' ? text.text : "–");
        if (text.text[0] == '\0' && why != NULL) {
            fputs(" ", out);
            page_english(out, why);
        }
        fputs("</li>\n", out);
    }
    fputs("</ul>\n", out);
}

void page_checks(FILE *out, const struct record *record)
{
    write_flags(out, record);
    write_order(out, record);
    write_clocks(out, record);
    write_second_instrument(out, record);
}
