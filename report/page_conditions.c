/*
 * Under which conditions the figures came about: what was left out, whether
 * the runs can be trusted, and what differs between the platforms.
 */
#include "report/html.h"
#include "report/numbers.h"
#include "report/page.h"
#include "report/text.h"

#include <string.h>

static const char *text_of(json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text != NULL ? text : "";
}

void page_left_out(FILE *out, const struct record *record)
{
    json_t *list = json_object_get(record->header, "left_out");
    json_t *item;
    size_t index;

    fputs("<section id=\"left-out\">\n<h2>What was left out</h2>\n", out);
    if (json_array_size(list) == 0) {
        fputs("<p>Nothing: every platform that was asked for took part.</p>\n"
              "</section>\n",
              out);
        return;
    }
    fputs("<div class=\"scroll\"><table>\n<thead><tr>"
          "<th scope=\"col\">Platform</th><th scope=\"col\">Why</th>"
          "<th scope=\"col\">What would bring it in</th></tr></thead>"
          "\n<tbody>\n",
          out);
    json_array_foreach(list, index, item)
    {
        const char *title = text_of(item, "title");

        html(out,
             "<tr><th scope=\"row\">%s</th><td>%s</td><td><code>%s</code>"
             "</td></tr>\n",
             shorten(title[0] != '\0' ? title : text_of(item, "platform"),
                     TEXT_MAX_CHARACTERS)
                 .text,
             text_of(item, "reason"), text_of(item, "remedy"));
    }
    fputs("</tbody></table></div>\n</section>\n", out);
}

static const char *workload_title(const struct record *record, const char *name)
{
    const struct workload_entry *workload = record_workload(record, name);

    return workload != NULL ? workload->title : name;
}

/* One line a workload: did every platform compute the same? */
static void write_digest_gate(FILE *out, const struct record *record)
{
    json_t *gate = json_object_get(record->document, "digest_gate");
    json_t *entry, *platform;
    const char *name;
    size_t index;

    fputs("<h3>Did every platform compute the same?</h3>\n", out);
    if (json_object_size(gate) == 0) {
        fputs("<p>No workload reported a digest of its result.</p>\n", out);
        return;
    }
    fputs("<ul class=\"plain\">\n", out);
    json_object_foreach(gate, name, entry)
    {
        const bool agree = json_is_true(json_object_get(entry, "agree"));

        html(out, "<li>%s <b>%s</b>: ", agree ? "✓" : "✗",
             shorten(workload_title(record, name), TEXT_MAX_CHARACTERS).text);
        if (agree)
            html(out, "the same digest everywhere, <code>%s</code>",
                 shorten(text_of(entry, "digest"), 16).text);
        else
            fputs("another digest, or none, on", out);
        json_array_foreach(json_object_get(entry, "disagreeing"), index,
                           platform)
        {
            const char *text = json_string_value(platform);

            html(out, "%s %s", index > 0 ? "," : "",
                 shorten(text != NULL ? text : "?", TEXT_MAX_CHARACTERS).text);
        }
        fputs(agree ? "</li>\n" : "; those timings do not count</li>\n", out);
    }
    fputs("</ul>\n", out);
}

static void write_noise_floor(FILE *out, const struct record *record)
{
    json_t *floor = json_object_get(record->document, "noise_floor");
    json_t *entry;
    const char *name;

    fputs("<h3>How far apart are two native runs?</h3>\n", out);
    if (json_object_size(floor) == 0) {
        fputs("<p>There was no second native run, or too little of it, so the "
              "noise floor is not known.</p>\n",
              out);
        return;
    }
    fputs("<p>Native ran twice in every block, as two platforms. They are the "
          "same, so whatever lies between them is noise; no smaller "
          "difference counts anywhere on this page.</p>\n"
          "<ul class=\"plain\">\n",
          out);
    json_object_foreach(floor, name, entry)
    {
        json_t *low = json_object_get(entry, "low");
        json_t *high = json_object_get(entry, "high");

        html(out, "<li><b>%s</b>: ",
             shorten(workload_title(record, name), TEXT_MAX_CHARACTERS).text);
        if (json_is_number(low) && json_is_number(high))
            html(out, "%s to %s times native</li>\n",
                 number_ratio(json_number_value(low)).text,
                 number_ratio(json_number_value(high)).text);
        else
            fputs("too few runs for an interval</li>\n", out);
    }
    fputs("</ul>\n", out);
}

static void write_failed_runs(FILE *out, const struct record *record)
{
    json_t *list = json_object_get(record->document, "failed_runs");
    json_t *item;
    size_t index;

    fputs("<h3>Which runs failed?</h3>\n", out);
    if (json_array_size(list) == 0) {
        html(out, "<p>None of %zu.</p>\n", (size_t)record->runs);
        return;
    }
    html(out, "<p>%zu of %zu. They take no part in any figure.</p>\n",
         (size_t)record->failures, (size_t)record->runs);
    fputs("<div class=\"scroll\"><table>\n<thead><tr>"
          "<th scope=\"col\">Platform</th><th scope=\"col\">Workload</th>"
          "<th scope=\"col\">Block</th><th scope=\"col\">What happened</th>"
          "</tr></thead>\n<tbody>\n",
          out);
    json_array_foreach(list, index, item)
        html(out, "<tr><td>%s</td><td>%s</td><td>%zu</td><td>%s</td></tr>\n",
             shorten(text_of(item, "platform"), TEXT_MAX_CHARACTERS).text,
             shorten(text_of(item, "workload"), TEXT_MAX_CHARACTERS).text,
             (size_t)json_integer_value(json_object_get(item, "block")),
             text_of(item, "failure"));
    fputs("</tbody></table></div>\n", out);
}

void page_trust(FILE *out, const struct record *record)
{
    fputs("<section id=\"trust\">\n<h2>Can these figures be trusted?</h2>\n",
          out);
    write_digest_gate(out, record);
    write_noise_floor(out, record);
    write_failed_runs(out, record);
    fputs("</section>\n", out);
}

void page_differences(FILE *out, const struct record *record)
{
    fputs("<section id=\"differences\">\n"
          "<h2>What differs between the platforms</h2>\n"
          "<div class=\"scroll\"><table>\n<thead><tr>"
          "<th scope=\"col\">Platform</th><th scope=\"col\">Kind</th>"
          "<th scope=\"col\">Version</th><th scope=\"col\">Unlike the "
          "others</th></tr></thead>\n<tbody>\n",
          out);
    for (size_t i = 0; i < record->platform_count; i++) {
        const struct platform_entry *platform = &record->platforms[i];
        json_t *item;
        size_t index;

        if (platform->left_out)
            continue;
        fputs("<tr><th scope=\"row\">", out);
        page_platform(out, record, platform);
        html(out, "</th><td>%s%s</td><td>%s</td><td>",
             shorten(platform->class_name, 40).text,
             platform->control ? ", the control"
             : platform->floor ? ", the floor"
                               : "",
             platform->version != NULL ? platform->version : "");
        json_array_foreach(platform->differs, index, item)
        {
            const char *text = json_string_value(item);

            html(out, "%s%s", index > 0 ? "; " : "", text != NULL ? text : "");
        }
        fputs("</td></tr>\n", out);
    }
    fputs("</tbody></table></div>\n</section>\n", out);
}
