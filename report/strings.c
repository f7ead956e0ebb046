/*
 * Texts by key, and their writing. See strings.h.
 */
#include "report/strings.h"

#include "report/assets.h"
#include "report/html.h"

#include <errno.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_ARGUMENTS = 9 };

struct language {
    const char *name;
    const char *source; /* its file, a JSON object */
    json_t *texts;      /* once read; kept until the program ends */
};

static struct language languages[] = {
    {"en", report_asset_english, NULL},
    {"ko", report_asset_korean, NULL},
};

static struct language *current = &languages[0];

static json_t *texts_of(struct language *language)
{
    if (language->texts == NULL)
        language->texts = json_loads(language->source, 0, NULL);
    return language->texts;
}

int strings_use(const char *language, struct error *error)
{
    for (size_t i = 0; i < sizeof(languages) / sizeof(*languages); i++)
        if (strcmp(language, languages[i].name) == 0) {
            current = &languages[i];
            return 0;
        }
    return error_set(error, EINVAL,
                     "%.40s: the report speaks en (English) and ko (Korean)",
                     language);
}

const char *strings_language(void)
{
    return current->name;
}

const char *say(const char *key)
{
    const char *text =
        json_string_value(json_object_get(texts_of(current), key));

    return text != NULL ? text : key;
}

const char *say_named(const char *prefix, const char *name)
{
    char key[96];

    snprintf(key, sizeof(key), "%s%s", prefix, name);
    return json_string_value(json_object_get(texts_of(current), key));
}

const char *say_title(const char *prefix, const char *name, const char *title)
{
    const char *translated = say_named(prefix, name), *english;
    char key[96];

    if (translated == NULL)
        return title;
    snprintf(key, sizeof(key), "%s%s", prefix, name);
    english = json_string_value(json_object_get(texts_of(&languages[0]), key));
    return english != NULL && strcmp(english, title) == 0 ? translated : title;
}

/* Markdown's special characters get a backslash, control characters go. */
static void write_markdown(FILE *out, const char *text)
{
    for (size_t i = 0; text[i] != '\0'; i++) {
        if (i >= HTML_TEXT_LIMIT && ((unsigned char)text[i] & 0xc0) != 0x80) {
            fputs("…", out);
            return;
        }
        if (strchr("\\`*_[]<>|#", text[i]) != NULL)
            fputc('\\', out);
        fputc((unsigned char)text[i] < 0x20 ? ' ' : text[i], out);
    }
}

static void write_plain(FILE *out, const char *text)
{
    for (size_t i = 0; text[i] != '\0'; i++) {
        if (i >= HTML_TEXT_LIMIT && ((unsigned char)text[i] & 0xc0) != 0x80) {
            fputs("…", out);
            return;
        }
        fputc((unsigned char)text[i] < 0x20 || text[i] == 0x7f ? ' ' : text[i],
              out);
    }
}

void say_escaped(FILE *out, enum text_form form, const char *text)
{
    if (form == FORM_HTML)
        html_text(out, text, HTML_TEXT_LIMIT);
    else if (form == FORM_MARKDOWN)
        write_markdown(out, text);
    else
        write_plain(out, text);
}

/* What the markup of our own texts becomes. */
struct writer {
    FILE *out;
    enum text_form form;
    bool bold, code;
    const char *arguments[MAX_ARGUMENTS];
};

/* "{3}" or "{3!}" at at: writes the argument, returns what it took. */
static size_t write_argument(const struct writer *writer, const char *at)
{
    const bool digit = at[0] == '{' && at[1] >= '1' && at[1] <= '9';
    const bool ready = digit && at[2] == '!';
    const char *argument;

    if (!digit || at[2 + ready] != '}')
        return 0;
    argument = writer->arguments[at[1] - '1'];
    if (argument != NULL && ready)
        fputs(argument, writer->out);
    else if (argument != NULL)
        say_escaped(writer->out, writer->form, argument);
    return (size_t)3 + ready;
}

/* "[words](#section)": a link on the page, the words alone elsewhere. */
static size_t write_link(const struct writer *writer, const char *at)
{
    const char *middle = strstr(at, "](#"), *end;

    if (at[0] != '[' || middle == NULL)
        return 0;
    end = strchr(middle, ')');
    if (end == NULL || memchr(at, '\n', (size_t)(middle - at)) != NULL)
        return 0;
    if (writer->form == FORM_HTML)
        fprintf(writer->out, "<a href=\"%.*s\">", (int)(end - middle - 2),
                middle + 2);
    fprintf(writer->out, "%.*s", (int)(middle - at - 1), at + 1);
    fputs(writer->form == FORM_HTML ? "</a>" : "", writer->out);
    return (size_t)(end + 1 - at);
}

/* "**" and "`": returns what it took. */
static size_t write_markup(struct writer *writer, const char *at)
{
    const bool bold = strncmp(at, "**", 2) == 0, code = at[0] == '`';
    const size_t length = bold ? 2 : code;

    if (length == 0 || writer->form == FORM_PLAIN)
        return length;
    if (writer->form == FORM_MARKDOWN) {
        fwrite(at, 1, length, writer->out);
        return length;
    }
    if (bold)
        fputs((writer->bold = !writer->bold) ? "<b>" : "</b>", writer->out);
    else
        fputs((writer->code = !writer->code) ? "<code>" : "</code>",
              writer->out);
    return length;
}

static void write_text(struct writer *writer, const char *at)
{
    while (*at != '\0') {
        size_t taken = write_argument(writer, at);

        if (taken == 0)
            taken = write_link(writer, at);
        if (taken == 0)
            taken = write_markup(writer, at);
        if (taken == 0) {
            if (writer->form == FORM_HTML && strchr("<>&", *at) != NULL)
                fputs(*at == '<'   ? "&lt;"
                      : *at == '>' ? "&gt;"
                                   : "&amp;",
                      writer->out);
            else
                fputc(*at, writer->out);
            taken = 1;
        }
        at += taken;
    }
}

static void write_arguments(FILE *out, enum text_form form, const char *key,
                            va_list list)
{
    struct writer writer = {.out = out, .form = form};

    for (size_t i = 0; i < MAX_ARGUMENTS; i++) {
        writer.arguments[i] = va_arg(list, const char *);
        if (writer.arguments[i] == NULL)
            break;
    }
    write_text(&writer, say(key));
}

void say_list(FILE *out, enum text_form form, const char *key, ...)
{
    va_list list;

    va_start(list, key);
    write_arguments(out, form, key, list);
    va_end(list);
}

char *say_text(enum text_form form, const char *key, ...)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    va_list list;

    if (out == NULL)
        return NULL;
    va_start(list, key);
    write_arguments(out, form, key, list);
    va_end(list);
    if (fclose(out) == 0)
        return text;
    free(text);
    return NULL;
}
