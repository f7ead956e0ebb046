/*
 * Reading the claims and judging them. See claims.h.
 */
#include "report/claims.h"

#include "report/assets.h"
#include "report/pairs.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Who is set against whom, with the workloads that decide. */
struct contest {
    const struct record *record;
    const struct claim *claim;
    enum platform_kind kind;
    const struct workload_entry *workloads[CLAIM_MAX_WORKLOADS];
};

/* Marks a result as not measured; name is what the text speaks of. */
static int missing(struct claim_result *result, const char *key,
                   const char *name)
{
    result->verdict = CLAIM_UNMEASURED;
    result->missing = key;
    result->missing_name = name;
    return 0;
}

static bool has_figure(const struct record *record,
                       const struct platform_entry *platform,
                       const struct workload_entry *workload)
{
    const struct cell *cell = record_cell(record, platform, workload, NULL);

    return cell != NULL && cell->value.n > 0;
}

/*
 * The ratio of above to below over the claim's workloads and its verdict, or
 * WORD_NONE with the result marked when a required figure is missing. A single
 * workload against native has both in the record, corrected for their number.
 */
static int compare(const struct contest *contest,
                   const struct platform_entry *above,
                   const struct platform_entry *below,
                   struct claim_result *result, struct figure *ratio)
{
    const size_t count = contest->claim->workload_count;
    const struct record *record = contest->record;
    int word;

    for (size_t i = 0; i < count; i++) {
        if (!has_figure(record, above, contest->workloads[i]) ||
            !has_figure(record, below, contest->workloads[i])) {
            missing(result, "claim.missing.figure",
                    contest->claim->workloads[i]);
            return WORD_NONE;
        }
    }
    if (count == 1 && platform_is_native(below)) {
        const struct cell *cell =
            record_cell(record, above, contest->workloads[0], NULL);

        *ratio = cell->ratio;
        return (int)cell->verdict;
    }
    word = count == 1 ? (int)pairs_compare(record, contest->workloads[0], above,
                                           below, ratio)
                      : pairs_compare_all(record, contest->workloads, count,
                                          above, below, ratio);
    if (word == WORD_NONE)
        missing(result, "claim.missing.pairs", NULL);
    return word;
}

static enum claim_verdict verdict_of(enum verdict_word word)
{
    static const enum claim_verdict verdicts[] = {
        [WORD_NONE] = CLAIM_UNMEASURED,
        [WORD_FASTER] = CLAIM_FAILS,
        [WORD_SLOWER] = CLAIM_HOLDS,
        [WORD_EQUIVALENT] = CLAIM_EQUIVALENT,
        [WORD_INCONCLUSIVE] = CLAIM_INCONCLUSIVE,
    };

    return verdicts[word];
}

/* "X is slower (or takes more) than Y." */
static int judge_slower(const struct contest *contest,
                        struct claim_result *result)
{
    const int word = compare(contest, result->platform, result->against, result,
                             &result->ratio);

    if (word > WORD_NONE)
        result->verdict = verdict_of((enum verdict_word)word);
    return word < 0 ? word : 0;
}

/* "X is within the limit of Y." */
static int judge_near(const struct contest *contest,
                      struct claim_result *result)
{
    const int word = compare(contest, result->platform, result->against, result,
                             &result->ratio);

    if (word <= WORD_NONE)
        return word;
    result->verdict = CLAIM_INCONCLUSIVE;
    if (result->ratio.has_interval &&
        result->ratio.high <= contest->claim->limit)
        result->verdict = CLAIM_HOLDS;
    else if (result->ratio.has_interval &&
             result->ratio.low > contest->claim->limit)
        result->verdict = CLAIM_FAILS;
    return 0;
}

/* "X is better than full emulation, but still slower than native." */
static int judge_between(const struct contest *contest,
                         struct claim_result *result)
{
    const struct platform_entry *emulation =
        kind_champion(contest->record, KIND_EMULATION);
    struct figure gain;
    int word, better;

    if (emulation == NULL)
        return missing(result, "claim.missing.kind", "kind.emulation");
    better = compare(contest, result->platform, emulation, result, &gain);
    if (better <= WORD_NONE)
        return better;
    word = compare(contest, result->platform, result->against, result,
                   &result->ratio);
    if (word <= WORD_NONE)
        return word;
    result->verdict = better == WORD_FASTER
                          ? verdict_of((enum verdict_word)word)
                      : better == WORD_INCONCLUSIVE ? CLAIM_INCONCLUSIVE
                                                    : CLAIM_FAILS;
    return 0;
}

static bool disagrees(const struct record *record, json_t *entry,
                      enum platform_kind kind)
{
    json_t *name;
    size_t index;

    json_array_foreach(json_object_get(entry, "disagreeing"), index, name)
    {
        const char *text = json_string_value(name);
        const struct platform_entry *platform =
            text != NULL ? record_platform(record, text) : NULL;

        if (platform != NULL && kind_of(platform) == kind)
            return true;
    }
    return false;
}

/* "The same everywhere": n counts the workloads that told a digest. */
static int judge_digest(const struct contest *contest,
                        struct claim_result *result)
{
    json_t *gate = json_object_get(contest->record->document, "digest_gate");
    const char *workload;
    json_t *entry;

    result->verdict = CLAIM_HOLDS;
    json_object_foreach(gate, workload, entry)
    {
        const struct workload_entry *known =
            record_workload(contest->record, workload);

        if (disagrees(contest->record, entry, contest->kind))
            result->verdict = CLAIM_FAILS;
        else if (known == NULL ||
                 !has_figure(contest->record, result->platform, known))
            continue;
        result->n++;
    }
    return result->n > 0 ? 0 : missing(result, "claim.missing.digest", NULL);
}

static const struct density_series *density_of(
    const struct record *record, const struct platform_entry *platform)
{
    for (size_t i = 0; i < record->density_count; i++)
        if (record->density[i].platform == platform)
            return &record->density[i];
    return NULL;
}

/* What the instances of points k-1 to k hold each; NAN when not known. */
static double increment(const struct density_series *series, size_t k)
{
    const struct density_point *last = &series->points[k];
    const double before_count = k > 0 ? series->points[k - 1].instances : 0;
    const double before =
        k > 0 ? before_count * series->points[k - 1].memory : 0;

    return (last->instances * last->memory - before) /
           (last->instances - before_count);
}

/*
 * "One host takes more of Y than of X": the memory that further instances
 * hold, step by step at equal numbers of instances.
 */
static int judge_density(const struct contest *contest,
                         struct claim_result *result)
{
    const struct density_series *above =
        density_of(contest->record, result->platform);
    const struct density_series *below =
        density_of(contest->record, result->against);
    double *ratios;
    size_t count = 0;

    if (above == NULL || below == NULL)
        return missing(result, "claim.missing.density", NULL);
    ratios = calloc(above->count + 1, sizeof(*ratios));
    if (ratios == NULL)
        return -ENOMEM;
    for (size_t i = 0, k = 0; i < above->count && k < below->count;) {
        const double x = above->points[i].instances;
        const double y = below->points[k].instances;

        if (x == y) {
            const double ratio = increment(above, i) / increment(below, k);

            if (isfinite(ratio) && ratio > 0)
                ratios[count++] = ratio;
        }
        i += x <= y;
        k += x >= y;
    }
    result->ratio = pairs_median(ratios, count);
    free(ratios);
    if (count == 0)
        return missing(result, "claim.missing.density", NULL);
    result->verdict =
        verdict_of(pairs_judge(&result->ratio, contest->record->band, 1, 1));
    return 0;
}

static const struct {
    const char *name;
    int (*judge)(const struct contest *contest, struct claim_result *result);
} rules[] = {
    {"slower", judge_slower},   {"near", judge_near},
    {"between", judge_between}, {"digest", judge_digest},
    {"density", judge_density},
};

/* Who stands for the kind, and what it is set against. */
static int choose_sides(const struct contest *contest,
                        struct claim_result *result)
{
    const bool container = strcmp(contest->claim->against, "container") == 0;

    result->platform = kind_champion(contest->record, contest->kind);
    if (result->platform == NULL)
        return missing(result, "claim.missing.kind", NULL);
    result->against = container ? kind_champion(contest->record, KIND_CONTAINER)
                                : record_native(contest->record);
    if (result->against == NULL)
        return missing(result, "claim.missing.kind",
                       container ? "kind.container" : "class.native");
    return 1;
}

static int judge(const struct record *record, const struct claim *claim,
                 enum platform_kind kind, struct claim_result *result)
{
    struct contest contest = {.record = record, .claim = claim, .kind = kind};
    int chosen = choose_sides(&contest, result);

    if (chosen <= 0)
        return chosen;
    for (size_t i = 0; i < claim->workload_count; i++) {
        contest.workloads[i] = record_workload(record, claim->workloads[i]);
        if (contest.workloads[i] == NULL)
            return missing(result, "claim.missing.workload",
                           claim->workloads[i]);
    }
    for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++)
        if (strcmp(claim->rule, rules[i].name) == 0) {
            const int failed = rules[i].judge(&contest, result);

            if (result->n == 0)
                result->n = result->ratio.n;
            return failed;
        }
    return missing(result, "claim.missing.rule", claim->rule);
}

static bool speaks_of(json_t *kinds, enum platform_kind kind)
{
    json_t *item;
    size_t index;

    json_array_foreach(kinds, index, item)
    {
        if (strcmp(json_string_value(item), kind_name(kind)) == 0)
            return true;
    }
    return false;
}

static int read_claim(const struct record *record, json_t *object,
                      struct claim *claim)
{
    json_t *workloads = NULL, *kinds = NULL, *item;
    size_t index;
    int result = 0;

    claim->limit = 1;
    if (json_unpack(object, "{s:s, s:s, s:s, s:s, s:s, s?F, s:o, s:o}", "id",
                    &claim->id, "source", &claim->source, "chart",
                    &claim->chart, "rule", &claim->rule, "against",
                    &claim->against, "limit", &claim->limit, "workloads",
                    &workloads, "kinds", &kinds) < 0)
        return -EINVAL;
    json_array_foreach(workloads, index, item)
    {
        if (claim->workload_count < CLAIM_MAX_WORKLOADS)
            claim->workloads[claim->workload_count++] = json_string_value(item);
    }
    for (enum platform_kind kind = 0; result == 0 && kind < KINDS; kind++) {
        claim->results[kind].about = speaks_of(kinds, kind);
        if (claim->results[kind].about)
            result = judge(record, claim, kind, &claim->results[kind]);
    }
    return result;
}

int claims_judge(const struct record *record, struct claims *claims)
{
    json_t *item;
    size_t index;
    int result = 0;

    *claims = (struct claims){0};
    claims->document = json_loads(report_asset_claims, 0, NULL);
    if (claims->document == NULL)
        return -ENOMEM;
    json_array_foreach(json_object_get(claims->document, "claims"), index, item)
    {
        if (result == 0 && claims->count < CLAIMS_MAX)
            result = read_claim(record, item, &claims->list[claims->count++]);
    }
    if (result < 0)
        claims_release(claims);
    return result;
}

void claims_release(struct claims *claims)
{
    json_decref(claims->document);
    *claims = (struct claims){0};
}

size_t claims_count(const struct claims *claims, enum claim_verdict verdict)
{
    size_t count = 0;

    for (size_t i = 0; i < claims->count; i++)
        for (enum platform_kind kind = 0; kind < KINDS; kind++)
            count += claims->list[i].results[kind].about &&
                     claims->list[i].results[kind].verdict == verdict;
    return count;
}
