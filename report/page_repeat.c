/*
 * How to repeat the run, on what it ran, and what the words mean.
 */
#include "report/html.h"
#include "report/markup.h"
#include "report/page.h"
#include "report/text.h"

#include <string.h>

enum { FACT_MAX_DEPTH = 4 };

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
        page_english(out, json_string_value(value));
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
        html(out, "%s", say("yes"));
        break;
    case JSON_FALSE:
        html(out, "%s", say("no"));
        break;
    default:
        html(out, "<span class=\"missing\">%s</span>", say("unknown"));
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

    html(out, "<h3>%s</h3>\n", say("repeat.machine"));
    if (!json_is_object(host)) {
        page_paragraph(out, "repeat.no-fingerprint");
        return;
    }
    html(out, "<p>%s <code class=\"digest\">%s</code></p>\n",
         say("repeat.fingerprint"), digest != NULL ? digest : say("unknown"));
    html(out,
         "<details><summary>%s</summary>\n"
         "<div class=\"scroll\"><table class=\"facts\">\n<tbody>\n",
         say("repeat.facts"));
    write_facts(out, host, "", 0);
    fputs("</tbody></table></div></details>\n", out);
}

void page_repeat(FILE *out, const struct record *record)
{
    json_t *program = json_object_get(record->header, "program");
    const char *path = json_string_value(json_object_get(program, "path"));
    const char *digest = json_string_value(json_object_get(program, "sha256"));

    /* Where it lay is nobody's business; its digest says which it was. */
    if (path != NULL && strrchr(path, '/') != NULL)
        path = strrchr(path, '/') + 1;
    page_section(out, "repeat", "repeat.heading");
    write_command(out, record);
    page_paragraph(out, "repeat.lead",
                   record_header_text(record, "created", say("unknown")),
                   record_header_text(record, "profile", say("unknown")),
                   number_count((size_t)record->runs).text);
    html(out, "<h3>%s</h3>\n", say("repeat.program"));
    page_paragraph(out, "repeat.program.digest",
                   path != NULL ? path : say("unknown"),
                   digest != NULL ? digest : say("unknown"));
    write_fingerprint(out, record);
    fputs("</section>\n", out);
}

void page_words(FILE *out)
{
    static const char *const words[] = {"native",    "container", "hypervisor",
                                        "unikernel", "microvm",   "full"};

    page_section(out, "words", "words.heading");
    fputs("<dl>\n", out);
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
        html(out, "<dt>%s</dt><dd>%s</dd>\n",
             say_named("words.word.", words[i]),
             say_named("words.meaning.", words[i]));
    fputs("</dl>\n</section>\n", out);
}
