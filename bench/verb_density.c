/* ringside density: how many idle instances the machine takes, at what cost. */
#include "bench/clock.h"
#include "bench/density.h"
#include "bench/density_record.h"
#include "bench/summary.h"
#include "bench/verbs.h"
#include "bench/words.h"
#include "oci/path.h"
#include "oci/size.h"

#include <limits.h>
#include <string.h>

enum {
    KEY_MAX = 256,
    KEY_MEMORY,
    KEY_MEMORY_RESERVE,
    KEY_PLATFORM_DIR,
    MAXIMUM_INSTANCES = 4096,
    MAXIMUM_SECONDS = 86400,
};

static int64_t number(struct argp_state *state, const char *what,
                      const char *text, int64_t maximum)
{
    char *end;
    long long value;

    errno = 0;
    value = strtoll(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || value < 1 ||
        value > maximum)
        argp_error(state,
                   "%s: expected a whole number from 1 to %lld, got \"%s\"",
                   what, (long long)maximum, text);
    return value;
}

static int64_t size(struct argp_state *state, const char *what,
                    const char *text)
{
    int64_t bytes;

    if (size_parse(text, &bytes) < 0 || bytes < 1)
        argp_error(state, "%s: expected a size as 512M or 2G, got \"%s\"", what,
                   text);
    return bytes;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct density_options *options = state->input;

    switch (key) {
    case 'p':
        if (words_split(argument, &options->platforms) < 0)
            argp_failure(state, 1, ENOMEM, "--platforms");
        return 0;
    case 'o':
        options->directory = argument;
        return 0;
    case 'q':
        options->quiet = true;
        return 0;
    case 's':
        options->seconds =
            (int)number(state, "--seconds", argument, MAXIMUM_SECONDS);
        return 0;
    case KEY_MAX:
        options->maximum = number(state, "--max", argument, MAXIMUM_INSTANCES);
        return 0;
    case KEY_MEMORY:
        options->memory_limit = size(state, "--memory", argument);
        return 0;
    case KEY_MEMORY_RESERVE:
        options->memory_reserve = size(state, "--memory-reserve", argument);
        return 0;
    case KEY_PLATFORM_DIR:
        if (words_append(&options->platform_directories, argument) < 0)
            argp_failure(state, 1, ENOMEM, "--platform-dir");
        return 0;
    case ARGP_KEY_ARG:
        argp_error(state, "%s: no arguments are expected", argument);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {"platforms", 'p', "NAMES", 0, "platforms, with commas (all that can idle)",
     0},
    {"max", KEY_MAX, "N", 0, "stop at so many instances of a platform (64)", 0},
    {"memory-reserve", KEY_MEMORY_RESERVE, "SIZE", 0,
     "stop while so much memory is still available (a tenth of all, at least "
     "256M)",
     0},
    {"seconds", 's', "SECONDS", 0, "for all platforms together (300)", 0},
    {"memory", KEY_MEMORY, "SIZE", 0,
     "limit of each container, size of each guest (512M)", 0},
    {"platform-dir", KEY_PLATFORM_DIR, "DIR", 0,
     "read platform files from here too", 0},
    {"output", 'o', "DIR", 0, "where density.jsonl goes (out/<time>)", 0},
    {"quiet", 'q', NULL, 0, "no progress", 0},
    {0},
};

static const struct argp argp = {
    options,
    parse,
    "",
    "Starts idle instances of each platform until a limit, and says what each "
    "costs and how long the last took to start.\v"
    "Figures are DIR/density.jsonl; if DIR holds a session's results, its "
    "summary.json gets them too. Interrupted or killed, it leaves no instance "
    "behind.",
    NULL,
    NULL,
    NULL};

/* A session's summary takes the figures in; other directories have none. */
static int summarise(const char *directory, struct error *error)
{
    _cleanup_free_ char *results = path_join(directory, "results.jsonl");

    if (results == NULL)
        return error_set(error, ENOMEM, "out of memory");
    return access(results, F_OK) == 0 ? summary_compute(directory, error) : 0;
}

static int print(const char *directory, struct error *error)
{
    json_t *density;
    int result = density_record_read(directory, &density, error);

    if (result < 0)
        return result;
    density_print(density, stdout);
    json_decref(density);
    printf("\ndensity: %s/" DENSITY_FILE "\n", directory);
    return EXIT_MEASURED;
}

/* Into the directory that was asked for, or OUT of the time of day. */
static int run(struct density_options *chosen, const struct paths *paths,
               struct error *error)
{
    char stamp[CLOCK_TEXT_SIZE];
    _cleanup_free_ char *directory = NULL;
    int result;

    clock_stamp(stamp);
    directory = chosen->directory != NULL ? strdup(chosen->directory)
                                          : text_format("out/%s", stamp);
    if (directory == NULL)
        return error_set(error, ENOMEM, "out of memory");
    chosen->directory = directory;
    result = density_run(chosen, paths, error);
    if (result == 0)
        result = summarise(directory, error);
    return result < 0 ? result : print(directory, error);
}

int ringside_density(const struct invocation *invocation, int argc, char **argv,
                     struct error *error)
{
    struct density_options chosen;
    int result;

    density_options_init(&chosen);
    chosen.platform_directories = words_copy(NULL);
    argp_parse(&argp, argc, argv, 0, NULL, &chosen);
    result = run(&chosen, invocation->paths, error);
    words_free(chosen.platforms);
    words_free(chosen.platform_directories);
    return result;
}
