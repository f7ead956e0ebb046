/*
 * ringside bench: a whole session into OUT/<time>, its report, and OUT/latest
 * pointing to it.
 */
#include "bench/clock.h"
#include "bench/density.h"
#include "bench/measure_options.h"
#include "bench/observe.h"
#include "bench/second_instrument.h"
#include "bench/verbs.h"
#include "bench/words.h"

#include <sys/stat.h>

struct bench_options {
    struct experiment_options measure;
    const char *out;
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct bench_options *options = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &options->measure;
        return 0;
    case 'o':
        options->out = argument;
        return 0;
    case ARGP_KEY_ARG:
        argp_error(state, "%s: no arguments are expected", argument);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {"out", 'o', "OUT", 0, "results go to OUT/<time> (out)", 0},
    {0},
};

static const struct argp_child children[] = {{&measure_argp, 0, NULL, 0}, {0}};

static const struct argp argp = {
    options,
    parse,
    "",
    "Measures the profile's workloads on every platform and draws the report: "
    "OUT/latest/report.html.",
    children,
    NULL,
    NULL};

/*
 * A new link moved over the old one: there is no moment without it. The name
 * is relative to OUT, or absolute.
 */
static int point_latest(const char *out, const char *name, struct error *error)
{
    _cleanup_free_ char *link = text_format("%s/latest", out);
    _cleanup_free_ char *fresh = text_format("%s/.latest.%d", out, getpid());

    if (link == NULL || fresh == NULL)
        return error_set(error, ENOMEM, "out of memory");
    if (symlink(name, fresh) < 0)
        return error_errno(error, errno, "%s", fresh);
    if (rename(fresh, link) < 0) {
        error_errno(error, errno, "%s", link);
        unlink(fresh);
        return -error->code;
    }
    return 0;
}

/* Where results go: OUT/<time>, or where the session to go on with is. */
static char *choose_directory(const struct bench_options *chosen, char *stamp)
{
    clock_stamp(stamp);
    if (chosen->measure.resume)
        return realpath(chosen->measure.directory, NULL);
    return text_format("%s/%s", chosen->out, stamp);
}

static int measure(struct bench_options *chosen,
                   const struct invocation *invocation, struct error *error)
{
    char stamp[CLOCK_TEXT_SIZE];
    struct experiment_outcome outcome;
    _cleanup_free_ char *directory = choose_directory(chosen, stamp);
    bool resume = chosen->measure.resume;
    int result;

    if (directory == NULL)
        return error_errno(error, errno, "%s",
                           resume ? chosen->measure.directory : chosen->out);
    chosen->measure.directory = directory;
    second_instrument_choose(&chosen->measure, invocation->paths);
    chosen->measure.pass_seconds = chosen->measure.profile->observe_seconds;
    if (chosen->measure.pass_seconds > 0)
        chosen->measure.second_pass = observe;
    result =
        experiment_run(&chosen->measure, invocation->paths, &outcome, error);
    if (result == 0)
        result = density_of_session(&chosen->measure, invocation->paths, error);
    if (result == 0)
        result = point_latest(chosen->out, resume ? directory : stamp, error);
    if (result < 0)
        return result;
    return chosen->measure.json ? conclude_json(directory, true, error)
                                : conclude(directory, true, error);
}

int ringside_bench(const struct invocation *invocation, int argc, char **argv,
                   struct error *error)
{
    struct bench_options chosen = {.out = "out"};
    int result;

    measure_options_init(&chosen.measure);
    chosen.measure.command = invocation->command;
    argp_parse(&argp, argc, argv, 0, NULL, &chosen);
    result = measure(&chosen, invocation, error);
    measure_options_release(&chosen.measure);
    return result;
}
