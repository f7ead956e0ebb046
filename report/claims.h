/*
 * The claims of the argument, judged by this record. claims.json has for each
 * which kinds of platforms it speaks of, which workloads decide it, against
 * what, and by which rule; its words are claim.ID.claim and claim.ID.rule of
 * the strings.
 */
#ifndef RINGSIDE_REPORT_CLAIMS_H
#define RINGSIDE_REPORT_CLAIMS_H

#include "report/figures.h"
#include "report/kinds.h"

#include <jansson.h>

enum { CLAIMS_MAX = 32, CLAIM_MAX_WORKLOADS = 16 };

enum claim_verdict {
    CLAIM_UNMEASURED, /* a required figure is missing */
    CLAIM_HOLDS,
    CLAIM_FAILS,
    CLAIM_EQUIVALENT,
    CLAIM_INCONCLUSIVE,
    CLAIM_VERDICTS,
};

/* A claim about one kind. */
struct claim_result {
    bool about; /* the claim speaks of the kind */
    enum claim_verdict verdict;
    const struct platform_entry *platform; /* who stood for it, or NULL */
    const struct platform_entry *against;  /* NULL: unmeasured */
    struct figure ratio;                   /* n 0: the rule has none */
    size_t n;                              /* what the verdict rests on */
    const char *missing;      /* key of why there is no verdict, or NULL */
    const char *missing_name; /* what the key's text names, or NULL */
};

struct claim {
    const char *id, *source, *chart, *rule, *against;
    double limit; /* of rule "near" */
    const char *workloads[CLAIM_MAX_WORKLOADS];
    size_t workload_count;
    struct claim_result results[KINDS];
};

struct claims {
    json_t *document; /* owner of the strings */
    struct claim list[CLAIMS_MAX];
    size_t count;
};

/*
 * Reads the claims and judges them. Errors: -ENOMEM. The caller releases
 * *claims with claims_release.
 */
int claims_judge(const struct record *record, struct claims *claims);

void claims_release(struct claims *claims);

/* How many results have that verdict. */
size_t claims_count(const struct claims *claims, enum claim_verdict verdict);

/* "holds": its text is claim-verdict.NAME, its sign claim_sign. */
const char *claim_verdict_name(enum claim_verdict verdict);
const char *claim_sign(enum claim_verdict verdict);

/* The sentence that counts the verdicts. The caller frees it. */
char *claims_finding(const struct claims *claims);

/* The table of one claim: a row a kind. */
void claims_table(struct grid *grid, const struct record *record,
                  const struct claim *claim);

/* Why there is no verdict, in words; the caller frees it. */
char *claim_missing(const struct claim_result *result);

#endif
