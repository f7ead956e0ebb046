/*
 * ringside run: measures what it is told to, workloads or a program of the
 * user's own, and prints the table.
 */
#include "bench/clock.h"
#include "bench/measure_options.h"
#include "bench/second_instrument.h"
#include "bench/verbs.h"
#include "bench/words.h"

enum { KEY_IMAGE = 0x1000 };

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct experiment_options *options = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = options;
        return 0;
    case 'o':
        options->directory = argument;
        return 0;
    case KEY_IMAGE:
        options->image = argument;
        return 0;
    case ARGP_KEY_END:
        if (options->workloads != NULL && options->image != NULL)
            argp_error(state, "--workloads and --image exclude each other");
        return 0;
    case ARGP_KEY_ARGS:
        options->own = state->argv + state->next;
        if (options->workloads != NULL)
            argp_error(state, "--workloads and a program of your own exclude "
                              "each other");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {"output", 'o', "DIR", 0, "where results go (out/<time>)", 0},
    {"image", KEY_IMAGE, "REFERENCE", 0,
     "measure this container image on every platform that takes bundles: a "
     "path, oci:DIR[:TAG], oci-archive:FILE or docker-archive:FILE; what "
     "follows \"--\" is instead of its command",
     0},
    {0},
};

static const struct argp_child children[] = {{&measure_argp, 0, NULL, 0}, {0}};

static const struct argp argp = {
    options,
    parse,
    "[-- PROGRAM [ARGUMENT...]]\n--image REFERENCE [-- ARGUMENT...]",
    "Measures workloads, any static program of yours, or a container image, on "
    "each platform.\v"
    "Results are DIR/results.jsonl and DIR/summary.json; `ringside report "
    "DIR` draws the report.",
    children,
    NULL,
    NULL};

/* out/<time>, unless the user named a directory. */
static char *choose_directory(const struct experiment_options *chosen)
{
    char stamp[CLOCK_TEXT_SIZE];

    if (chosen->directory != NULL)
        return text_format("%s", chosen->directory);
    clock_stamp(stamp);
    return text_format("out/%s", stamp);
}

int ringside_run(const struct invocation *invocation, int argc, char **argv,
                 struct error *error)
{
    struct experiment_options chosen;
    struct experiment_outcome outcome;
    _cleanup_free_ char *directory = NULL;
    int result;

    measure_options_init(&chosen);
    chosen.command = invocation->command;
    argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &chosen);
    directory = choose_directory(&chosen);
    chosen.directory = directory;
    second_instrument_choose(&chosen, invocation->paths);
    result = directory == NULL
                 ? error_set(error, ENOMEM, "out of memory")
                 : experiment_run(&chosen, invocation->paths, &outcome, error);
    measure_options_release(&chosen);
    if (result < 0)
        return result;
    return chosen.json ? conclude_json(directory, false, error)
                       : conclude(directory, false, error);
}
