/*
 * ringside surface: runs that are looked at and not timed: what each platform
 * asks of the host while a workload runs, and what an operation costs. Beside
 * the results of a session, whose summary it makes again, or by itself.
 */
#include "bench/clock.h"
#include "bench/measure_options.h"
#include "bench/observe.h"
#include "bench/summary.h"
#include "bench/surface_table.h"
#include "bench/verbs.h"
#include "bench/words.h"
#include "oci/path.h"

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct experiment_options *options = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = options;
        return 0;
    case ARGP_KEY_ARG:
        if (options->directory != NULL)
            argp_error(state, "%s: one directory is expected", argument);
        options->directory = argument;
        return 0;
    case ARGP_KEY_END:
        if (options->resume)
            argp_error(state, "--resume is of run and bench");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {{&measure_argp, 0, NULL, 0}, {0}};

static const struct argp argp = {
    NULL,
    parse,
    "[DIR]",
    "Which of the host's system calls the processes of each platform make, "
    "until the program is ready and while it works, and what an operation "
    "costs in processor time and exits of virtual machines. Nothing is timed.\v"
    "Writes DIR/surface.jsonl and DIR/costs.jsonl (out/<time> without DIR). "
    "Where DIR holds the results of a session its summary is made again with "
    "them.",
    children,
    NULL,
    NULL};

/* The summary of a session that is there already takes the figures in. */
static int renew_summary(const char *directory, struct error *error)
{
    _cleanup_free_ char *path = path_join(directory, RESULTS_FILE);

    if (path == NULL)
        return error_set(error, ENOMEM, "out of memory");
    return access(path, F_OK) < 0 ? 0 : summary_compute(directory, error);
}

int ringside_surface(const struct invocation *invocation, int argc, char **argv,
                     struct error *error)
{
    struct experiment_options chosen;
    struct experiment_outcome outcome;
    _cleanup_free_ char *made = NULL;
    char stamp[CLOCK_TEXT_SIZE];
    int result;

    measure_options_init(&chosen);
    chosen.command = invocation->command;
    chosen.pass = observe;
    chosen.pass_only = true;
    argp_parse(&argp, argc, argv, 0, NULL, &chosen);
    clock_stamp(stamp);
    made = text_format("out/%s", stamp);
    if (chosen.directory == NULL)
        chosen.directory = made;
    result = chosen.directory == NULL
                 ? error_set(error, ENOMEM, "out of memory")
                 : experiment_run(&chosen, invocation->paths, &outcome, error);
    if (result == 0)
        result = renew_summary(chosen.directory, error);
    if (result == 0)
        result = surface_table_print(chosen.directory, error);
    if (result == 0)
        printf("\nresults: %s\n", chosen.directory);
    measure_options_release(&chosen);
    return result;
}
