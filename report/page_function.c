/*
 * Function apart from speed: whether a program of the reader's own, or an
 * image, wrote the same and ended alike on every platform.
 */
#include "report/html.h"
#include "report/page.h"
#include "report/strings.h"

#include <jansson.h>
#include <string.h>

/* As many digits as tell outcomes apart. */
enum { DIGITS = 12 };

static void write_outcome(FILE *out, const struct record *record,
                          const char *name, const json_t *outcome, bool agrees)
{
    const struct platform_entry *platform = record_platform(record, name);
    const char *digest = json_string_value(json_object_get(outcome, "sha256"));

    if (platform == NULL || digest == NULL)
        return;
    fputs("<tr><th scope=\"row\">", out);
    page_platform(out, record, platform);
    html(out, "</th><td>%s</td><td>",
         say(agrees ? "function.same" : "function.differs"));
    fprintf(out, "%lld</td><td>%lld</td>",
            (long long)json_integer_value(json_object_get(outcome, "status")),
            (long long)json_integer_value(json_object_get(outcome, "bytes")));
    fputs("<td><code>", out);
    html_text(out, digest, DIGITS);
    fprintf(out, "</code></td><td>%lld</td></tr>\n",
            (long long)json_integer_value(json_object_get(outcome, "runs")));
}

static bool contains(const json_t *names, const char *name)
{
    size_t i;
    json_t *one;

    json_array_foreach(names, i, one)
    {
        if (json_is_string(one) && strcmp(json_string_value(one), name) == 0)
            return true;
    }
    return false;
}

static void write_platforms(FILE *out, const struct record *record,
                            const json_t *entry)
{
    const json_t *disagreeing = json_object_get(entry, "disagreeing");
    size_t i, j;
    json_t *one, *outcome;

    json_array_foreach(json_object_get(entry, "platforms"), i, one)
    {
        const char *name = json_string_value(json_object_get(one, "platform"));

        json_array_foreach(json_object_get(one, "outcomes"), j, outcome)
        {
            if (name != NULL)
                write_outcome(out, record, name, outcome,
                              !contains(disagreeing, name));
        }
    }
}

static void write_entry(FILE *out, const struct record *record,
                        const json_t *entry)
{
    static const char *const columns[] = {
        "function.platform", "function.outcome", "function.status",
        "function.bytes",    "function.digest",  "function.runs",
    };
    const char *workload =
        json_string_value(json_object_get(entry, "workload"));

    if (workload == NULL)
        return;
    page_paragraph(
        out,
        json_is_true(json_object_get(entry, "agree"))    ? "function.agree"
        : json_is_true(json_object_get(entry, "varies")) ? "function.varies"
                                                         : "function.disagree",
        workload);
    fputs("<div class=\"scroll\"><table>\n<thead><tr>", out);
    for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
        html(out, "<th scope=\"col\">%s</th>", say(columns[i]));
    fputs("</tr></thead>\n<tbody>\n", out);
    write_platforms(out, record, entry);
    fputs("</tbody></table></div>\n", out);
}

void page_function(FILE *out, const struct record *record)
{
    const json_t *function = json_object_get(record->document, "function");
    size_t i;
    json_t *entry;

    if (json_array_size(function) == 0)
        return;
    page_section(out, "function", "function.heading");
    json_array_foreach(function, i, entry)
    {
        write_entry(out, record, entry);
    }
    fputs("</section>\n", out);
}
