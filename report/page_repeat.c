/*
 * How to repeat the run, on what it ran, and what the words mean.
 */
#include "report/assets.h"
#include "report/html.h"
#include "report/page.h"
#include "report/text.h"

#include <string.h>

enum { FACT_MAX_DEPTH = 4, PUBLISHED_COLUMNS = 13 };

/* A word as a shell reads it back. */
static void write_shell_word(FILE *out, const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789_./:=,+@%-";

    if (word[0] != '\0' && word[strspn(word, plain)] == '\0') {
        html(out, "%s", word);
        return;
    }
    html(out, "'");
    for (const char *quote; (quote = strchr(word, '\'')) != NULL;
         word = quote + 1) {
        char part[HTML_TEXT_LIMIT];

        snprintf(part, sizeof(part), "%.*s", (int)(quote - word), word);
        html(out, "%s'\\''", part);
    }
    html(out, "%s'", word);
}

/* The command as it was typed, with the seed that was drawn if none was. */
static void write_command(FILE *out, const struct record *record)
{
    json_t *command = json_object_get(record->header, "command");
    json_t *seed = json_object_get(record->header, "seed");
    bool seeded = false, separated = false;
    json_t *item;
    size_t index;
    char number[32];

    snprintf(number, sizeof(number), "%lld",
             (long long)json_integer_value(seed));
    fputs("<pre><code>", out);
    json_array_foreach(command, index, item)
    {
        const char *word = json_string_value(item);

        if (word == NULL)
            continue;
        if (strncmp(word, "--seed", 6) == 0)
            seeded = true;
        if (strcmp(word, "--") == 0 && !seeded && json_is_integer(seed)) {
            html(out, " --seed %s", number);
            separated = true;
        }
        html(out, index > 0 ? " " : "");
        write_shell_word(out, word);
    }
    if (!seeded && !separated && json_is_integer(seed))
        html(out, " --seed %s", number);
    fputs("</code></pre>\n", out);
}

static void write_value(FILE *out, json_t *value)
{
    char number[40];

    switch (json_typeof(value)) {
    case JSON_STRING:
        html(out, "%s", json_string_value(value));
        break;
    case JSON_INTEGER:
        snprintf(number, sizeof(number), "%lld",
                 (long long)json_integer_value(value));
        html(out, "%s", number);
        break;
    case JSON_REAL:
        snprintf(number, sizeof(number), "%.6g", json_real_value(value));
        html(out, "%s", number);
        break;
    case JSON_TRUE:
        fputs("yes", out);
        break;
    case JSON_FALSE:
        fputs("no", out);
        break;
    default:
        fputs("<span class=\"missing\">not known</span>", out);
    }
}

/* A list of plain values in one cell. */
static void write_list(FILE *out, json_t *list)
{
    json_t *item;
    size_t index;

    json_array_foreach(list, index, item)
    {
        fputs(index > 0 ? ", " : "", out);
        write_value(out, item);
    }
}

/* Facts within facts become "cpu · model"; lists of objects are numbered. */
static void write_facts(FILE *out, json_t *value, const char *name, int depth)
{
    char inner[256];
    const char *key;
    json_t *member;
    size_t index;

    if (depth == FACT_MAX_DEPTH)
        return;
    json_object_foreach(value, key, member)
    {
        snprintf(inner, sizeof(inner), "%s%s%s", name,
                 name[0] != '\0' ? " · " : "", shorten(key, 40).text);
        write_facts(out, member, inner, depth + 1);
    }
    if (json_is_array(value) && json_is_object(json_array_get(value, 0))) {
        json_array_foreach(value, index, member)
        {
            snprintf(inner, sizeof(inner), "%s %zu", name, index + 1);
            write_facts(out, member, inner, depth + 1);
        }
    } else if (!json_is_object(value)) {
        html(out, "<tr><th scope=\"row\">%s</th><td>", name);
        if (json_is_array(value))
            write_list(out, value);
        else
            write_value(out, value);
        fputs("</td></tr>\n", out);
    }
}

static void write_fingerprint(FILE *out, const struct record *record)
{
    json_t *fingerprint = json_object_get(record->header, "fingerprint");
    json_t *host = json_object_get(fingerprint, "host");
    const char *digest =
        json_string_value(json_object_get(fingerprint, "sha256"));

    fputs("<h3>The machine</h3>\n", out);
    if (!json_is_object(host)) {
        fputs("<p>The record has no fingerprint of the machine.</p>\n", out);
        return;
    }
    html(out,
         "<p>Figures of two runs may be compared when this fingerprint is the "
         "same: <code class=\"digest\">%s</code></p>\n",
         digest != NULL ? digest : "not known");
    fputs("<details><summary>Every fact of the fingerprint</summary>\n"
          "<div class=\"scroll\"><table class=\"facts\">\n<tbody>\n",
          out);
    write_facts(out, host, "", 0);
    fputs("</tbody></table></div></details>\n", out);
}

void page_repeat(FILE *out, const struct record *record)
{
    json_t *program = json_object_get(record->header, "program");
    const char *path = json_string_value(json_object_get(program, "path"));
    const char *digest = json_string_value(json_object_get(program, "sha256"));

    fputs("<section id=\"repeat\">\n<h2>Repeat this run</h2>\n", out);
    write_command(out, record);
    html(out,
         "<p>The seed decides the order in which platforms and workloads take "
         "turns. This record: %s, profile %s, %zu runs. Its single values are "
         "in results.jsonl beside this page; each chart can be redrawn with "
         "<code>cd charts &amp;&amp; gnuplot startup.gp</code>.</p>\n",
         record_header_text(record, "created", "no date"),
         record_header_text(record, "profile", "unknown"),
         (size_t)record->runs);
    fputs("<h3>The program</h3>\n", out);
    html(out,
         "<p><code>%s</code> has the SHA-256 <code class=\"digest\">%s</code>. "
         "It is one static file and the same on every platform.</p>\n",
         path != NULL ? path : "unknown",
         digest != NULL ? digest : "not known");
    write_fingerprint(out, record);
    fputs("</section>\n", out);
}

/* One line of published.csv, cut at its commas. */
static void write_published_row(FILE *out, const char *line, size_t length)
{
    char copy[1024], *rest = copy, *fields[PUBLISHED_COLUMNS];
    size_t count = 0;

    snprintf(copy, sizeof(copy), "%.*s", (int)length, line);
    while (count < PUBLISHED_COLUMNS && rest != NULL)
        fields[count++] = strsep(&rest, ",");
    if (count < PUBLISHED_COLUMNS)
        return;
    html(out, "<tr><th scope=\"row\">%s %s</th><td>%s, %s</td>", fields[0],
         fields[1], fields[3], fields[4]);
    html(out, "<td>%s</td><td>%s %s</td><td>%s %s</td>", fields[5], fields[6],
         fields[7], fields[8], fields[9]);
    html(out, "<td>%s</td><td>%s (%s)</td></tr>\n", fields[12], fields[11],
         fields[10]);
}

void page_published(FILE *out)
{
    const char *line = report_asset_published;
    bool head = true;

    fputs("<section id=\"published\">\n<h2>What others have published</h2>\n"
          "<p>Figures from other machines and other years, to lay beside the "
          "ones above: as orders of magnitude, not as a comparison.</p>\n"
          "<details><summary>Published figures</summary>\n"
          "<div class=\"scroll\"><table>\n<thead><tr>"
          "<th scope=\"col\">Study</th><th scope=\"col\">Metric</th>"
          "<th scope=\"col\">Native</th><th scope=\"col\">Container</th>"
          "<th scope=\"col\">Virtual machine</th>"
          "<th scope=\"col\">Remark</th><th scope=\"col\">Source</th>"
          "</tr></thead>\n<tbody>\n",
          out);
    while (*line != '\0') {
        const size_t length = strcspn(line, "\n");

        if (line[0] != '#' && !head)
            write_published_row(out, line, length);
        if (line[0] != '#')
            head = false;
        line += length + (line[length] == '\n');
    }
    fputs("</tbody></table></div></details>\n</section>\n", out);
}

void page_words(FILE *out)
{
    static const struct {
        const char *word, *meaning;
    } words[] = {
        {"Native", "An ordinary process on the host: nothing between it and "
                   "the host's kernel. Every ratio is against this."},
        {"Container", "A process of the host's kernel that sees names, files, "
                      "processes and limits of its own (namespaces, control "
                      "groups, fewer capabilities, a system call filter). "
                      "All containers share the one kernel."},
        {"Hypervisor", "A program that runs virtual machines with the "
                       "processor's help (on Linux: KVM). What runs inside "
                       "cannot reach the host's kernel but through it."},
        {"Unikernel", "A virtual machine that holds one program and a library "
                      "that serves its system calls, without a kernel of its "
                      "own behind a boundary."},
        {"MicroVM", "A virtual machine with a real kernel and hardly any "
                    "devices, made to start quickly."},
        {"Full virtual machine", "The same with firmware and the devices of a "
                                 "conventional computer."},
    };

    fputs("<section id=\"words\">\n<h2>The words</h2>\n<dl>\n", out);
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
        html(out, "<dt>%s</dt><dd>%s</dd>\n", words[i].word, words[i].meaning);
    fputs("</dl>\n</section>\n", out);
}
