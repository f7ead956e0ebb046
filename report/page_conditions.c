/*
 * Under which conditions the figures came about: what was left out, whether
 * the runs can be trusted, and what differs between the platforms.
 */
#include "report/html.h"
#include "report/markup.h"
#include "report/numbers.h"
#include "report/page.h"
#include "report/text.h"

#include <string.h>

static const char *text_of(json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text != NULL ? text : "";
}

static void open_table(FILE *out, const char *const *heads, size_t count)
{
    fputs("<div class=\"scroll\"><table>\n<thead><tr>", out);
    for (size_t i = 0; i < count; i++)
        html(out, "<th scope=\"col\">%s</th>", say(heads[i]));
    fputs("</tr></thead>\n<tbody>\n", out);
}

void page_left_out(FILE *out, const struct record *record)
{
    static const char *const heads[] = {"table.platform", "table.why",
                                        "table.remedy"};
    json_t *list = json_object_get(record->header, "left_out");
    json_t *item;
    size_t index;

    page_section(out, "left-out", "left-out.heading");
    if (json_array_size(list) == 0) {
        page_paragraph(out, "left-out.nothing");
        fputs("</section>\n", out);
        return;
    }
    open_table(out, heads, 3);
    json_array_foreach(list, index, item)
    {
        const char *title = text_of(item, "title");

        html(out, "<tr><th scope=\"row\">%s</th><td>",
             shorten(title[0] != '\0' ? title : text_of(item, "platform"),
                     TEXT_MAX_CHARACTERS)
                 .text);
        page_english(out, text_of(item, "reason"));
        html(out, "</td><td><code lang=\"en\">%s</code></td></tr>\n",
             text_of(item, "remedy"));
    }
    fputs("</tbody></table></div>\n</section>\n", out);
}

static struct short_text title_of(const struct record *record, const char *name)
{
    const struct workload_entry *workload = record_workload(record, name);

    return shorten(workload != NULL ? workload_title(workload) : name,
                   TEXT_MAX_CHARACTERS);
}

/* Names, with commas, of the platforms that disagree. */
static void write_names(FILE *out, json_t *list)
{
    json_t *item;
    size_t index;

    json_array_foreach(list, index, item)
    {
        const char *text = json_string_value(item);

        fprintf(out, "%s%s", index > 0 ? ", " : "",
                shorten(text != NULL ? text : "?", TEXT_MAX_CHARACTERS).text);
    }
}

static void write_gate(FILE *out, const struct record *record,
                       const char *workload, json_t *entry)
{
    const bool agree = json_is_true(json_object_get(entry, "agree"));
    char *names = NULL;
    size_t size;
    FILE *list = open_memstream(&names, &size);

    if (list == NULL)
        return;
    write_names(list, json_object_get(entry, "disagreeing"));
    fclose(list);
    fputs("<li>", out);
    say_html(out, agree ? "trust.digest.same" : "trust.digest.other",
             title_of(record, workload).text,
             agree ? shorten(text_of(entry, "digest"), 16).text : names);
    fputs("</li>\n", out);
    free(names);
}

/* One line a workload: did every platform compute the same? */
static void write_digest_gate(FILE *out, const struct record *record)
{
    json_t *gate = json_object_get(record->document, "digest_gate");
    json_t *entry;
    const char *name;

    html(out, "<h3>%s</h3>\n", say("trust.digest"));
    if (json_object_size(gate) == 0) {
        page_paragraph(out, "trust.digest.none");
        return;
    }
    fputs("<ul class=\"plain\">\n", out);
    json_object_foreach(gate, name, entry) write_gate(out, record, name, entry);
    fputs("</ul>\n", out);
}

static void write_floor(FILE *out, const struct record *record,
                        const char *workload, json_t *entry)
{
    json_t *low = json_object_get(entry, "low");
    json_t *high = json_object_get(entry, "high");
    const struct short_text title = title_of(record, workload);

    fputs("<li>", out);
    if (json_is_number(low) && json_is_number(high))
        say_html(out, "trust.noise.range", title.text,
                 number_ratio(json_number_value(low)).text,
                 number_ratio(json_number_value(high)).text);
    else
        say_html(out, "trust.noise.few", title.text);
    fputs("</li>\n", out);
}

static void write_noise_floor(FILE *out, const struct record *record)
{
    json_t *floor = json_object_get(record->document, "noise_floor");
    json_t *entry;
    const char *name;

    html(out, "<h3>%s</h3>\n", say("trust.noise"));
    if (json_object_size(floor) == 0) {
        page_paragraph(out, "trust.noise.none");
        return;
    }
    page_paragraph(out, "trust.noise.lead");
    fputs("<ul class=\"plain\">\n", out);
    json_object_foreach(floor, name, entry)
        write_floor(out, record, name, entry);
    fputs("</ul>\n", out);
}

static void write_failed_runs(FILE *out, const struct record *record)
{
    static const char *const heads[] = {"table.platform", "table.workload",
                                        "table.block", "table.happened"};
    json_t *list = json_object_get(record->document, "failed_runs");
    json_t *item;
    size_t index;

    html(out, "<h3>%s</h3>\n", say("trust.failed"));
    if (json_array_size(list) == 0) {
        page_paragraph(out, "trust.failed.none",
                       number_count((size_t)record->runs).text);
        return;
    }
    page_paragraph(out, "trust.failed.some",
                   number_count((size_t)record->failures).text,
                   number_count((size_t)record->runs).text);
    open_table(out, heads, 4);
    json_array_foreach(list, index, item)
    {
        html(out, "<tr><td>%s</td><td>%s</td><td>%zu</td><td>",
             shorten(text_of(item, "platform"), TEXT_MAX_CHARACTERS).text,
             shorten(text_of(item, "workload"), TEXT_MAX_CHARACTERS).text,
             (size_t)json_integer_value(json_object_get(item, "block")));
        page_english(out, text_of(item, "failure"));
        fputs("</td></tr>\n", out);
    }
    fputs("</tbody></table></div>\n", out);
}

void page_trust(FILE *out, const struct record *record)
{
    page_section(out, "trust", "trust.heading");
    write_digest_gate(out, record);
    write_noise_floor(out, record);
    page_checks(out, record);
    write_failed_runs(out, record);
    fputs("</section>\n", out);
}

void page_differences(FILE *out, const struct record *record)
{
    static const char *const heads[] = {"table.platform", "table.class",
                                        "table.version", "table.differs"};

    page_section(out, "differences", "differences.heading");
    open_table(out, heads, 4);
    for (size_t i = 0; i < record->platform_count; i++) {
        const struct platform_entry *platform = &record->platforms[i];
        const char *class_text = say_named("class.", platform->class_name);
        json_t *item;
        size_t index;

        if (platform->left_out)
            continue;
        fputs("<tr><th scope=\"row\">", out);
        page_platform(out, record, platform);
        html(out, "</th><td>%s%s</td><td>%s</td><td>",
             shorten(class_text != NULL ? class_text : platform->class_name, 40)
                 .text,
             platform->control ? say("differences.control")
             : platform->floor ? say("differences.floor")
                               : "",
             platform->version != NULL ? platform->version : "");
        json_array_foreach(platform->differs, index, item)
        {
            const char *text = json_string_value(item);

            fputs(index > 0 ? "; " : "", out);
            page_english(out, text != NULL ? text : "");
        }
        fputs("</td></tr>\n", out);
    }
    fputs("</tbody></table></div>\n</section>\n", out);
}
