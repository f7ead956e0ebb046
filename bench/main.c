/*
 * ringside: measures one program on many platforms and says which is faster.
 *
 *   ringside VERB [option...]
 *
 * Each verb is a file and a row of the table below.
 */
#include "bench/help.h"
#include "bench/interrupt.h"
#include "bench/verbs.h"
#include "bench/words.h"

#include <linux/close_range.h>
#include <locale.h>
#include <signal.h>
#include <string.h>

static const struct verb {
    const char *name;
    const char *summary;
    verb_function *run;
    bool stands_in; /* for another command: what it inherits, that gets too */
} verbs[] = {
    {"bench", "measure everything and draw the report", ringside_bench, false},
    {"run", "measure chosen workloads, or a program of yours", ringside_run,
     false},
    {"density", "how many idle instances fit, and what each costs",
     ringside_density, false},
    {"report", "draw the report of a result directory again", ringside_report,
     false},
    {"compare", "what changed from one session to another", ringside_compare,
     false},
    {"merge", "several sessions as one, machines side by side", ringside_merge,
     false},
    {"export", "write results in the format of another tool", ringside_export,
     false},
    {"validate", "check that results keep to their format", ringside_validate,
     false},
    {"platforms", "what can run here, and why not the rest", ringside_platforms,
     false},
    {"workloads", "what there is to run", ringside_workloads, false},
    {"doctor", "what makes this machine noisy or limited", ringside_doctor,
     false},
    {"selftest", "whether the statistics keep their promises",
     ringside_selftest, false},
    {"clean", "end what a killed session left behind", ringside_clean, false},
    {"surface", "what platforms ask of the host, and operations cost",
     ringside_surface, false},
    {"trace", "count a command's system calls and VM exits", ringside_trace,
     true},
};
enum { VERBS = sizeof(verbs) / sizeof(verbs[0]) };

const char *argp_program_version = "ringside " RINGSIDE_VERSION;

/* The table of verbs and the exit statuses, below the options. */
static void write_verbs(FILE *stream)
{
    fprintf(stream, "Verbs (ringside VERB --help tells more):\n\n");
    for (size_t i = 0; i < VERBS; i++)
        fprintf(stream, "  %-10s %s\n", verbs[i].name, verbs[i].summary);
    fprintf(stream, "\nExit status: 0 done, 1 failed (one line on stderr says "
                    "why), 2 command line\nnot understood, 128+n ended by "
                    "signal n.\n");
}

static char *describe(int key, const char *text, void *input)
{
    (void)input;
    return help_below_options(key, text, write_verbs);
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    int *verb = state->input;

    switch (key) {
    case ARGP_KEY_ARG:
        for (int i = 0; i < VERBS; i++) {
            if (strcmp(argument, verbs[i].name) == 0)
                *verb = i;
        }
        if (*verb < 0)
            argp_error(state, "%s: no such verb", argument);
        return ARGP_ERR_UNKNOWN; /* leaves it and the rest to the verb */
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "a verb is expected");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    NULL,
    parse,
    "VERB [ARGUMENT...]",
    "Hypervisor or container? Measures one program natively, in containers "
    "and in virtual machines.\v",
    NULL,
    describe,
    NULL};

/* Runs the verb; argv[0] is its name. */
static int run_verb(const struct verb *verb, int argc, char **argv,
                    char *const *command, struct error *error)
{
    struct paths paths;
    const struct invocation invocation = {.paths = &paths, .command = command};
    _cleanup_free_ char *name = text_format("ringside %s", verb->name);
    int result;

    if (name == NULL)
        return error_set(error, ENOMEM, "out of memory");
    argv[0] = name;
    if (verb->stands_in)
        return verb->run(&invocation, argc, argv, error);
    result = interrupt_open(error);
    if (result == 0)
        result = sweep_and_tell(error);
    if (result == 0)
        result = paths_find(&paths, error);
    if (result < 0)
        return result;
    result = verb->run(&invocation, argc, argv, error);
    paths_release(&paths);
    return result;
}

int main(int argc, char **argv)
{
    _cleanup_words_ char **command = words_copy(argv);
    struct error error = {0};
    int chosen = -1, next = argc, result;

    setlocale(LC_ALL, "");
    setlocale(LC_NUMERIC, "C"); /* decimals are written with a point */
    signal(SIGPIPE, SIG_IGN);
    argp_err_exit_status = EXIT_COMMAND_LINE;
    argp_parse(&argp, argc, argv, ARGP_IN_ORDER, &next, &chosen);
    /* What our caller left open is not for the platforms. */
    if (!verbs[chosen].stands_in)
        close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
    result =
        run_verb(&verbs[chosen], argc - next, argv + next, command, &error);
    if (result < 0)
        fprintf(stderr, "ringside: %s\n", error.text);
    if (result < 0 && interrupt_signal() != 0)
        return 128 + interrupt_signal();
    if (fflush(stdout) != 0 && result >= 0) {
        fprintf(stderr, "ringside: standard output: %s\n", strerror(errno));
        return EXIT_FAILED;
    }
    return result < 0 ? EXIT_FAILED : result;
}
