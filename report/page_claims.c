/*
 * The claims of the argument and what this machine says to each.
 */
#include "report/claims.h"
#include "report/html.h"
#include "report/page.h"

#include <stdlib.h>
#include <string.h>

static bool has_figure(const struct figures *figures, const char *name)
{
    for (size_t i = 0; i < figures->count; i++)
        if (strcmp(figures->list[i].chart.name, name) == 0)
            return true;
    return strcmp(name, "trust") == 0;
}

static void write_claim(FILE *out, const struct record *record,
                        const struct figures *figures,
                        const struct claim *claim)
{
    struct grid grid = {.record = record, .class_name = "claims"};
    char key[64];

    snprintf(key, sizeof(key), "claim.%s.claim", claim->id);
    html(out, "<h3 id=\"claim-%s\">%s</h3>\n<p class=\"small\">", claim->id,
         say(key));
    snprintf(key, sizeof(key), "claim.%s.rule", claim->id);
    html(out, "%s %s: ", say(key), say("claims.source"));
    page_english(out, claim->source);
    fputs(".", out);
    if (has_figure(figures, claim->chart))
        html(out, " <a href=\"#%s\">%s</a>", claim->chart, say("claims.chart"));
    fputs("</p>\n", out);
    claims_table(&grid, record, claim);
    grid_write(&grid, FORM_HTML, out);
    grid_release(&grid);
}

void page_claims(FILE *out, const struct record *record,
                 const struct figures *figures, const struct claims *claims)
{
    char *finding = claims_finding(claims);

    html(out,
         "<section id=\"claims\">\n<h2><span class=\"topic\">%s</span> "
         "%s</h2>\n<p>%s</p>\n",
         say("claims.heading"), finding != NULL ? finding : "",
         say("claims.lead"));
    for (size_t i = 0; i < claims->count; i++)
        write_claim(out, record, figures, &claims->list[i]);
    fputs("</section>\n", out);
    free(finding);
}
