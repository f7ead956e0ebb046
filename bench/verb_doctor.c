/*
 * ringside doctor: what makes this machine noisy or limited, how to mend it,
 * and which platforms are missing for want of what.
 */
#include "bench/doctor.h"
#include "bench/fingerprint.h"
#include "bench/lineup.h"
#include "bench/verbs.h"

#include <string.h>

enum { SUBJECT_WIDTH = 13 };

static const char *const kind_words[FINDING_KINDS] = {
    [FINDING_GOOD] = "good",
    [FINDING_NOISY] = "noisy",
    [FINDING_LIMITED] = "limited",
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    if (key != ARGP_KEY_ARG)
        return ARGP_ERR_UNKNOWN;
    argp_error(state, "%s: no arguments are expected", argument);
    return 0;
}

static const struct argp argp = {
    NULL,
    parse,
    "",
    "Says what makes this machine noisy or limited for measuring, and how to "
    "mend it.\v"
    "`noisy' spreads figures; `limited' is left out or means less here.",
    NULL,
    NULL,
    NULL};

static void print_finding(const char *subject, const struct finding *finding,
                          size_t *found)
{
    if (finding->kind == FINDING_NONE)
        return;
    found[finding->kind]++;
    printf("%-7s  %-*s  %s\n", kind_words[finding->kind], SUBJECT_WIDTH,
           subject, finding->text);
    if (finding->remedy != NULL)
        printf("%-7s  %-*s  to mend: %s\n", "", SUBJECT_WIDTH, "",
               finding->remedy);
}

static void examine_host(const json_t *host, size_t *found)
{
    struct finding finding = {0};

    for (const struct check *check = doctor_checks; check->subject != NULL;
         check++) {
        finding = (struct finding){0};
        check->judge(host, &finding);
        print_finding(check->subject, &finding, found);
    }
    finding = (struct finding){0};
    doctor_watch(&finding);
    print_finding("now", &finding, found);
}

static int examine_platforms(const struct paths *paths, size_t *found,
                             struct error *error)
{
    struct lineup lineup;
    int result =
        lineup_load(paths, NULL, NULL, LINEUP_WITHOUT_SLOW, &lineup, error);

    if (result < 0)
        return result;
    for (size_t i = 0; i < lineup.candidate_count; i++) {
        const struct candidate *candidate = &lineup.candidates[i];
        struct finding finding = {.kind = FINDING_LIMITED,
                                  .remedy = candidate->remedy};

        if (candidate->available)
            continue;
        snprintf(finding.text, sizeof(finding.text), "cannot run: %s",
                 candidate->reason);
        print_finding(candidate->platform->name, &finding, found);
    }
    lineup_release(&lineup);
    return 0;
}

int ringside_doctor(const struct invocation *invocation, int argc, char **argv,
                    struct error *error)
{
    size_t found[FINDING_KINDS] = {0};
    json_t *host;
    int result;

    argp_parse(&argp, argc, argv, 0, NULL, NULL);
    host = fingerprint_collect();
    if (host == NULL)
        return error_set(error, ENOMEM, "out of memory");
    examine_host(host, found);
    json_decref(host);
    result = examine_platforms(invocation->paths, found, error);
    if (result < 0)
        return result;
    printf("\n%zu good, %zu noisy, %zu limited\n", found[FINDING_GOOD],
           found[FINDING_NOISY], found[FINDING_LIMITED]);
    return EXIT_MEASURED;
}
