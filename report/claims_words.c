/*
 * Claims and their verdicts in words and tables. See claims.h.
 */
#include "report/claims.h"

#include "report/machine.h"
#include "report/markup.h"
#include "report/text.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name, *sign;
} verdicts[CLAIM_VERDICTS] = {
    [CLAIM_UNMEASURED] = {"unmeasured", "–"},
    [CLAIM_HOLDS] = {"holds", "✓"},
    [CLAIM_FAILS] = {"fails", "✗"},
    [CLAIM_EQUIVALENT] = {"equivalent", "≈"},
    [CLAIM_INCONCLUSIVE] = {"inconclusive", "?"},
};

const char *claim_verdict_name(enum claim_verdict verdict)
{
    return verdicts[verdict].name;
}

const char *claim_sign(enum claim_verdict verdict)
{
    return verdicts[verdict].sign;
}

char *claims_finding(const struct claims *claims)
{
    size_t counts[CLAIM_VERDICTS], all = 0;

    for (enum claim_verdict verdict = 0; verdict < CLAIM_VERDICTS; verdict++) {
        counts[verdict] = claims_count(claims, verdict);
        all += counts[verdict];
    }
    return say_text(FORM_PLAIN, "claims.finding", number_count(all).text,
                    number_count(counts[CLAIM_HOLDS]).text,
                    number_count(counts[CLAIM_FAILS]).text,
                    number_count(counts[CLAIM_EQUIVALENT]).text,
                    number_count(counts[CLAIM_INCONCLUSIVE]).text,
                    number_count(counts[CLAIM_UNMEASURED]).text, NULL);
}

char *claim_missing(const struct claim_result *result)
{
    const char *name = result->missing_name;

    if (result->missing == NULL)
        return strdup("");
    if (name != NULL && strchr(name, '.') != NULL)
        name = say(name);
    else if (name != NULL && say_named("workload.", name) != NULL)
        name = say_named("workload.", name);
    return say_text(FORM_PLAIN,
                    name == NULL &&
                            strcmp(result->missing, "claim.missing.kind") == 0
                        ? "claim.missing.none"
                        : result->missing,
                    name != NULL ? name : "", NULL);
}

/* "on kvm_pvm (software back end: ...)": what a virtual machine ran on. */
static char *where(const struct record *record, enum platform_kind kind)
{
    const struct machine machine = machine_describe(record);

    if (kind == KIND_CONTAINER)
        return strdup(say("claim.where.kernel"));
    if (kind == KIND_EMULATION)
        return strdup(say("claim.where.emulation"));
    return say_text(FORM_PLAIN, "claim.where.kvm",
                    machine.kvm != NULL ? shorten(machine.kvm, 30).text
                                        : say("machine.kvm.absent"),
                    machine.kvm != NULL ? machine_back_end(&machine)
                                        : say("machine.kvm.none"),
                    NULL);
}

static void add_row(struct grid *grid, const struct record *record,
                    enum platform_kind kind, const struct claim_result *result)
{
    char *place = where(record, kind), *why = claim_missing(result);
    char verdict[96];

    grid_text(grid, say_named("kind.", kind_name(kind)));
    snprintf(verdict, sizeof(verdict), "%s %.80s", claim_sign(result->verdict),
             say_named("claim-verdict.", claim_verdict_name(result->verdict)));
    grid_text(grid, verdict);
    if (result->ratio.n > 0 && result->verdict != CLAIM_UNMEASURED)
        grid_value(grid, number_ratio(result->ratio.median).text,
                   number_ratio_interval(&result->ratio).text);
    else if (result->verdict == CLAIM_UNMEASURED)
        grid_missing(grid, why);
    else
        grid_text(grid, "");
    if (result->n > 0 && result->verdict != CLAIM_UNMEASURED)
        grid_text(grid, number_count(result->n).text);
    else
        grid_missing(grid, NULL);
    if (result->platform != NULL)
        grid_platform(grid, result->platform);
    else
        grid_missing(grid, NULL);
    grid_text(grid, place != NULL ? place : "");
    free(place);
    free(why);
}

void claims_table(struct grid *grid, const struct record *record,
                  const struct claim *claim)
{
    const bool container = strcmp(claim->against, "container") == 0;

    grid_head(grid, say("table.class"));
    grid_head(grid, say("table.verdict"));
    grid_head(grid, say(container ? "table.ratio.container" : "table.ratio"));
    grid_head(grid, say("table.n"));
    grid_head(grid, say("table.stands"));
    grid_head(grid, say("table.where"));
    for (enum platform_kind kind = 0; kind < KINDS; kind++)
        if (claim->results[kind].about)
            add_row(grid, record, kind, &claim->results[kind]);
}
