/*
 * The report for programs. See document.h.
 */
#include "report/document.h"

#include "report/machine.h"
#include "report/sentences.h"

#include <errno.h>
#include <stdlib.h>

/* A figure as the record writes them; null where there is none. */
static json_t *figure_json(const struct figure *figure)
{
    if (figure->n == 0)
        return json_null();
    if (!figure->has_interval)
        return json_pack("{s:i, s:f, s:n, s:n}", "n", (int)figure->n, "median",
                         figure->median, "low", "high");
    return json_pack("{s:i, s:f, s:f, s:f}", "n", (int)figure->n, "median",
                     figure->median, "low", figure->low, "high", figure->high);
}

static json_t *result_json(const struct record *record, enum platform_kind kind,
                           const struct claim_result *result)
{
    const struct machine machine = machine_describe(record);
    char *why = claim_missing(result);
    json_t *object = json_pack(
        "{s:s, s:s, s:o, s:i, s:s?, s:s?, s:s?, s:s?}", "kind", kind_name(kind),
        "verdict", claim_verdict_name(result->verdict), "ratio",
        figure_json(&result->ratio), "n", (int)result->n, "platform",
        result->platform != NULL ? result->platform->name : NULL, "against",
        result->against != NULL ? result->against->name : NULL, "kvm",
        kind_needs_kvm(kind) ? machine.kvm : NULL, "why",
        result->missing != NULL ? why : NULL);

    free(why);
    return object;
}

static json_t *claim_json(const struct record *record,
                          const struct claim *claim)
{
    json_t *results = json_array();
    char key[64];

    for (enum platform_kind kind = 0; kind < KINDS; kind++)
        if (claim->results[kind].about)
            json_array_append_new(
                results, result_json(record, kind, &claim->results[kind]));
    snprintf(key, sizeof(key), "claim.%s.claim", claim->id);
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:o}", "id", claim->id, "claim",
                     say(key), "source", claim->source, "rule", claim->rule,
                     "chart", claim->chart, "verdicts", results);
}

int document_write_json(FILE *out, const struct record *record,
                        const struct figures *figures,
                        const struct claims *claims)
{
    json_t *claim_list = json_array(), *figure_list = json_array();
    json_t *document;
    int failed;

    for (size_t i = 0; i < claims->count; i++)
        json_array_append_new(claim_list, claim_json(record, &claims->list[i]));
    for (size_t i = 0; i < figures->count; i++) {
        const struct page_figure *figure = &figures->list[i];
        char *caption = figure_caption(record, figure, FORM_PLAIN);

        json_array_append_new(figure_list,
                              json_pack("{s:s, s:s, s:s?, s:s?, s:b}", "name",
                                        figure->chart.name, "topic",
                                        figure_text(figure, "topic"), "finding",
                                        figure->finding, "caption", caption,
                                        "drawn", (int)figure->chart.drawn));
        free(caption);
    }
    document = json_pack("{s:i, s:s, s:s, s:o, s:o}", "schema", 1, "language",
                         strings_language(), "created",
                         record_header_text(record, "created", ""), "claims",
                         claim_list, "figures", figure_list);
    failed = document == NULL || json_dumpf(document, out, JSON_INDENT(2)) < 0;
    fputc('\n', out);
    json_decref(document);
    return failed ? -ENOMEM : 0;
}
