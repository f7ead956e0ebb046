/*
 * The report in Markdown and in plain text. See document.h.
 */
#include "report/document.h"

#include "report/machine.h"
#include "report/markup.h"
#include "report/sentences.h"
#include "report/text.h"

#include <stdlib.h>
#include <string.h>

struct document {
    FILE *out;
    enum text_form form;
    const char *charts;
    const struct record *record;
};

static void heading(const struct document *document, int level,
                    const char *topic, const char *finding)
{
    if (document->form == FORM_MARKDOWN)
        for (int i = 0; i <= level; i++)
            fputc(i < level ? '#' : ' ', document->out);
    say_escaped(document->out, document->form, topic);
    if (finding != NULL) {
        fputs(": ", document->out);
        say_escaped(document->out, document->form, finding);
    }
    fputs("\n", document->out);
    if (document->form == FORM_PLAIN)
        fputs(level == 1   ? "====\n"
              : level == 2 ? "----\n"
                           : "",
              document->out);
    fputs("\n", document->out);
}

static void paragraph(const struct document *document, const char *text)
{
    say_escaped(document->out, document->form, text);
    fputs("\n\n", document->out);
}

static void write_machine(const struct document *document)
{
    const struct machine machine = machine_describe(document->record);
    const char *caution = machine_caution(document->record, &machine);
    struct short_text date = shorten(
        record_header_text(document->record, "created", say("unknown")), 30);

    date.text[strcspn(date.text, "T")] = '\0';
    say_as(document->out, document->form,
           machine.kvm != NULL ? "page.machine" : "page.machine.no-kvm",
           machine.processor != NULL ? machine.processor
                                     : say("machine.processor.unknown"),
           machine.kernel != NULL ? machine.kernel : "?",
           machine.kvm != NULL ? machine.kvm : "", machine_back_end(&machine),
           date.text);
    if (machine.virtual)
        fprintf(document->out, " · %s", say("machine.virtual"));
    fputs("\n\n", document->out);
    if (caution != NULL) {
        say_as(document->out, document->form, "page.caution", caution);
        fputs("\n\n", document->out);
    }
    if (!document->record->complete) {
        say_as(document->out, document->form, "page.interrupted");
        fputs("\n\n", document->out);
    }
}

static void write_claims(const struct document *document,
                         const struct claims *claims)
{
    char *finding = claims_finding(claims);

    heading(document, 2, say("claims.heading"), finding);
    paragraph(document, say("claims.lead"));
    for (size_t i = 0; i < claims->count; i++) {
        struct grid grid = {.record = document->record};
        char key[64];

        snprintf(key, sizeof(key), "claim.%s.claim", claims->list[i].id);
        heading(document, 3, say(key), NULL);
        snprintf(key, sizeof(key), "claim.%s.rule", claims->list[i].id);
        paragraph(document, say(key));
        claims_table(&grid, document->record, &claims->list[i]);
        grid_write(&grid, document->form, document->out);
        grid_release(&grid);
    }
    free(finding);
}

static void write_figure(const struct document *document,
                         const struct page_figure *figure)
{
    struct grid grid = {.record = document->record};
    char *caption = figure_caption(document->record, figure, document->form);

    heading(document, 2, figure_text(figure, "topic"), figure->finding);
    paragraph(document, figure_text(figure, "lead"));
    if (figure->chart.drawn && document->form == FORM_MARKDOWN) {
        fputs("![", document->out);
        say_escaped(document->out, FORM_MARKDOWN, figure->chart.title);
        fprintf(document->out, "](%s/%s.png)\n\n*%s*\n\n", document->charts,
                figure->chart.name, caption != NULL ? caption : "");
    } else if (caption != NULL) {
        fprintf(document->out, "%s\n\n", caption);
    }
    figure->kind->table(&grid, document->record, figure);
    grid_write(&grid, document->form, document->out);
    grid_release(&grid);
    free(caption);
}

static void write_left_out(const struct document *document)
{
    json_t *list = json_object_get(document->record->header, "left_out");
    struct grid grid = {.record = document->record};
    json_t *item;
    size_t index;

    heading(document, 2, say("left-out.heading"), NULL);
    grid_head(&grid, say("table.platform"));
    grid_head(&grid, say("table.why"));
    grid_head(&grid, say("table.remedy"));
    json_array_foreach(list, index, item)
    {
        static const char *const keys[] = {"platform", "reason", "remedy"};

        for (size_t i = 0; i < 3; i++) {
            const char *text =
                json_string_value(json_object_get(item, keys[i]));

            grid_text(&grid, text != NULL ? text : "");
        }
    }
    if (grid.count == 0)
        paragraph(document, say("left-out.nothing"));
    else
        grid_write(&grid, document->form, document->out);
    grid_release(&grid);
}

void document_write(FILE *out, enum text_form form, const char *charts,
                    const struct record *record, const struct figures *figures,
                    const struct claims *claims)
{
    const struct document document = {
        .out = out, .form = form, .charts = charts, .record = record};

    heading(&document, 1, say("page.heading"), NULL);
    write_machine(&document);
    heading(&document, 2, say("answer.heading"), NULL);
    sentences_answer(record, form, out);
    say_as(out, form, "answer.reading",
           number_count((size_t)(record->band * 100 + 0.5)).text);
    fputs("\n\n", out);
    write_claims(&document, claims);
    for (size_t i = 0; i < figures->count; i++)
        write_figure(&document, &figures->list[i]);
    write_left_out(&document);
    say_as(out, form, "page.made-by",
           record_header_text(record, "ringside", say("unknown")));
    fputs("\n", out);
}
