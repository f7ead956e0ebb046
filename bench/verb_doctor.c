/*
 * ringside doctor: what makes this machine noisy or limited, how to mend it,
 * and which platforms are missing for want of what.
 */
#include "bench/doctor.h"
#include "bench/fingerprint.h"
#include "bench/lineup.h"
#include "bench/output_options.h"
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
    if (key == ARGP_KEY_INIT)
        state->child_inputs[0] = state->input;
    else if (key == ARGP_KEY_ARG)
        argp_error(state, "%s: no arguments are expected", argument);
    else
        return ARGP_ERR_UNKNOWN;
    return 0;
}

static const struct argp_child children[] = {{&output_argp, 0, NULL, 0}, {0}};

static const struct argp argp = {
    NULL,
    parse,
    "",
    "Says what makes this machine noisy or limited for measuring, and how to "
    "mend it.\v"
    "`noisy' spreads figures; `limited' is left out or means less here.",
    children,
    NULL,
    NULL};

/* Where findings go. */
struct diagnosis {
    size_t found[FINDING_KINDS];
    json_t *list; /* NULL: they are printed */
};

static void add_finding(const char *subject, const struct finding *finding,
                        struct diagnosis *diagnosis)
{
    if (finding->kind == FINDING_NONE)
        return;
    diagnosis->found[finding->kind]++;
    if (diagnosis->list != NULL) {
        json_array_append_new(diagnosis->list,
                              json_pack("{s:s, s:s, s:s, s:s?}", "kind",
                                        kind_words[finding->kind], "subject",
                                        subject, "text", finding->text,
                                        "remedy", finding->remedy));
        return;
    }
    printf("%-7s  %-*s  %s\n", kind_words[finding->kind], SUBJECT_WIDTH,
           subject, finding->text);
    if (finding->remedy != NULL)
        printf("%-7s  %-*s  to mend: %s\n", "", SUBJECT_WIDTH, "",
               finding->remedy);
}

static void examine_host(const json_t *host, struct diagnosis *diagnosis)
{
    struct finding finding = {0};

    for (const struct check *check = doctor_checks; check->subject != NULL;
         check++) {
        finding = (struct finding){0};
        check->judge(host, &finding);
        add_finding(check->subject, &finding, diagnosis);
    }
    finding = (struct finding){0};
    doctor_watch(&finding);
    add_finding("now", &finding, diagnosis);
}

static int examine_platforms(const struct paths *paths,
                             struct diagnosis *diagnosis, struct error *error)
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
        add_finding(candidate->platform->name, &finding, diagnosis);
    }
    lineup_release(&lineup);
    return 0;
}

int ringside_doctor(const struct invocation *invocation, int argc, char **argv,
                    struct error *error)
{
    struct output_options output = {0};
    struct diagnosis diagnosis = {0};
    json_t *host;
    int result;

    argp_parse(&argp, argc, argv, 0, NULL, &output);
    host = fingerprint_collect();
    if (host == NULL ||
        (output.json && (diagnosis.list = json_array()) == NULL))
        return error_set(error, ENOMEM, "out of memory");
    examine_host(host, &diagnosis);
    json_decref(host);
    result = examine_platforms(invocation->paths, &diagnosis, error);
    if (result < 0) {
        json_decref(diagnosis.list);
        return result;
    }
    if (output.json)
        return output_json(diagnosis.list, error);
    printf("\n%zu good, %zu noisy, %zu limited\n",
           diagnosis.found[FINDING_GOOD], diagnosis.found[FINDING_NOISY],
           diagnosis.found[FINDING_LIMITED]);
    return EXIT_MEASURED;
}
