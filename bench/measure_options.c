/* Options of run and bench; see measure_options.h for the contract. */
#include "bench/measure_options.h"

#include "bench/cpus.h"
#include "bench/words.h"
#include "oci/size.h"

#include <limits.h>
#include <string.h>

enum {
    DEFAULT_MEMORY_MIB = 512,
    MINIMUM_MEMORY_MIB = 16,
    DEFAULT_TIMEOUT_SECONDS = 60,
    /* Longer than the host needs to settle; run.h says from what. */
    DEFAULT_REST_MS = 30,
    MAXIMUM_REST_MS = 60000,
    MAXIMUM_BLOCKS = 100000,
    MAXIMUM_TIMEOUT_SECONDS = 86400,
};
#define MIB             INT64_C(1048576)
#define MINIMUM_PERCENT 0.1
#define MAXIMUM_PERCENT 50.0

enum {
    KEY_SEED = 256,
    KEY_PROFILE,
    KEY_PLATFORM_DIR,
    KEY_MEMORY,
    KEY_CONFIG,
    KEY_REST,
    KEY_TIMEOUT,
    KEY_RESUME,
    KEY_CPUS,
    KEY_PRECISION,
    KEY_PAGE_CACHE,
    KEY_HYPERFINE,
    KEY_NO_HYPERFINE,
};

static const struct argp_option options[] = {
    {"platforms", 'p', "NAMES", 0, "platforms, with commas (all that can run)",
     0},
    {"workloads", 'w', "NAMES", 0, "workloads, with commas (the profile's)", 0},
    {"blocks", 'n', "N", 0,
     "runs of each pair (as many as the profile's time allows)", 0},
    {"precision", KEY_PRECISION, "PERCENT", 0,
     "as many blocks as a pilot finds to bring the intervals of medians to "
     "this half-width, within the profile's time (2% in profile full)",
     0},
    {"profile", KEY_PROFILE, "NAME", 0, "smoke, quick, full or peers (quick)",
     0},
    {"seed", KEY_SEED, "N", 0, "draw the order of runs from this (random)", 0},
    {"memory", KEY_MEMORY, "SIZE", 0,
     "memory of a container or guest, with K, M or G (512M)", 0},
    {"config", KEY_CONFIG, "NAME", 0,
     "change the bundles: docker (what Docker gives a container), or a FILE "
     "with a slash, of members of config.json",
     0},
    {"rest", KEY_REST, "MS", 0,
     "let the host rest before each start; 0: back to back (30)", 0},
    {"cpus", KEY_CPUS, "LIST", 0,
     "keep everything that is measured on these processors, as in 0,2-3", 0},
    {"timeout", KEY_TIMEOUT, "SECONDS", 0, "longest that a run may take (60)",
     0},
    {"platform-dir", KEY_PLATFORM_DIR, "DIR", 0,
     "read platform files from here too", 0},
    {"resume", KEY_RESUME, "DIR", 0,
     "go on with the interrupted session in DIR: the same command again, for "
     "the runs that are missing",
     0},
    {"page-cache", KEY_PAGE_CACHE, "STATE", 0,
     "cold: drop the host's page cache before each start (root); warm: leave "
     "it (warm)",
     0},
    {"hyperfine", KEY_HYPERFINE, NULL, 0,
     "have hyperfine time noop as well, after the last block (in profile full "
     "if it is installed)",
     0},
    {"no-hyperfine", KEY_NO_HYPERFINE, NULL, 0, "have it not", 0},
    {"quiet", 'q', NULL, 0, "no progress", 0},
    {"json", 'j', NULL, 0, "print summary.json instead of the table", 0},
    {0},
};

/* A whole number in a range; complains through argp, which exits. */
static int64_t number(struct argp_state *state, const char *what,
                      const char *text, int64_t minimum, int64_t maximum)
{
    char *end;
    long long value;

    errno = 0;
    value = strtoll(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || value < minimum ||
        value > maximum)
        argp_error(state,
                   "%s: expected a whole number from %lld to %lld, "
                   "got \"%s\"",
                   what, (long long)minimum, (long long)maximum, text);
    return value;
}

static void set_names(struct argp_state *state, const char *what,
                      const char *text, char ***names)
{
    words_free(*names);
    *names = NULL;
    if (words_split(text, names) < 0)
        argp_failure(state, 1, ENOMEM, "%s", what);
    else if (words_count(*names) == 0)
        argp_error(state, "%s: expected names", what);
}

static void set_memory(struct argp_state *state, const char *text,
                       int64_t *bytes)
{
    if (size_parse(text, bytes) < 0 || *bytes < MINIMUM_MEMORY_MIB * MIB)
        argp_error(state,
                   "--memory: expected a size of at least %dM, got \"%s\"",
                   MINIMUM_MEMORY_MIB, text);
}

static void set_profile(struct argp_state *state, const char *text,
                        const struct profile **profile)
{
    *profile = profile_find(text);
    if (*profile == NULL)
        argp_error(
            state,
            "--profile: expected smoke, quick, full or peers, got \"%s\"",
            text);
}

/* "2%" or "2": 0.02. */
static void set_precision(struct argp_state *state, const char *text,
                          double *precision)
{
    char *end;
    double percent = strtod(text, &end);

    if (end != text && *end == '%')
        end++;
    if (end == text || *end != '\0' || !(percent >= MINIMUM_PERCENT) ||
        percent > MAXIMUM_PERCENT)
        argp_error(state, "--precision: expected %g%% to %g%%, got \"%s\"",
                   MINIMUM_PERCENT, MAXIMUM_PERCENT, text);
    *precision = percent / 100;
}

static void set_cpus(struct argp_state *state, const char *text,
                     struct experiment_options *chosen)
{
    struct error reason = {0};

    chosen->cpus = text;
    if (cpus_parse(text, &chosen->cpu_set, &reason) < 0)
        argp_error(state, "--cpus: %s", reason.text);
}

/* What depends on more than one option. */
static void resolve(struct argp_state *state, struct experiment_options *chosen)
{
    if (chosen->precision > 0 && chosen->blocks > 0)
        argp_error(state, "--blocks and --precision exclude each other");
    if (chosen->precision < 0)
        chosen->precision = chosen->blocks > 0 ? 0 : chosen->profile->precision;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct experiment_options *chosen = state->input;

    switch (key) {
    case 'p':
        set_names(state, "--platforms", argument, &chosen->platforms);
        return 0;
    case 'w':
        set_names(state, "--workloads", argument, &chosen->workloads);
        return 0;
    case 'n':
        chosen->blocks =
            (int)number(state, "--blocks", argument, 1, MAXIMUM_BLOCKS);
        return 0;
    case KEY_PAGE_CACHE:
        if (strcmp(argument, "cold") != 0 && strcmp(argument, "warm") != 0)
            argp_error(state, "--page-cache: expected cold or warm, got \"%s\"",
                       argument);
        chosen->cold_cache = argument[0] == 'c';
        return 0;
    case KEY_HYPERFINE:
    case KEY_NO_HYPERFINE:
        chosen->hyperfine = key == KEY_HYPERFINE;
        return 0;
    case 'j':
        chosen->json = true;
        return 0;
    case 'q':
        chosen->quiet = true;
        return 0;
    case KEY_SEED:
        chosen->seed = number(state, "--seed", argument, 0, INT64_MAX);
        return 0;
    case KEY_TIMEOUT:
        chosen->timeout_seconds = (int)number(state, "--timeout", argument, 1,
                                              MAXIMUM_TIMEOUT_SECONDS);
        return 0;
    case KEY_REST:
        chosen->rest_ms =
            (int)number(state, "--rest", argument, 0, MAXIMUM_REST_MS);
        return 0;
    case KEY_MEMORY:
        set_memory(state, argument, &chosen->memory_limit);
        return 0;
    case KEY_CONFIG:
        chosen->config = argument;
        return 0;
    case KEY_PROFILE:
        set_profile(state, argument, &chosen->profile);
        return 0;
    case KEY_RESUME:
        chosen->resume = true;
        chosen->directory = argument;
        return 0;
    case KEY_CPUS:
        set_cpus(state, argument, chosen);
        return 0;
    case KEY_PRECISION:
        set_precision(state, argument, &chosen->precision);
        return 0;
    case ARGP_KEY_END:
        resolve(state, chosen);
        return 0;
    case KEY_PLATFORM_DIR:
        if (words_append(&chosen->platform_directories, argument) < 0)
            argp_failure(state, 1, ENOMEM, "--platform-dir");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp measure_argp = {options, parse, NULL, NULL, NULL, NULL, NULL};

void measure_options_init(struct experiment_options *chosen)
{
    *chosen = (struct experiment_options){
        .profile = &profiles[0],
        .seed = -1,
        .precision = -1,
        .hyperfine = -1,
        .memory_limit = DEFAULT_MEMORY_MIB * MIB,
        .timeout_seconds = DEFAULT_TIMEOUT_SECONDS,
        .rest_ms = DEFAULT_REST_MS,
    };
}

void measure_options_release(struct experiment_options *chosen)
{
    words_free(chosen->platforms);
    words_free(chosen->workloads);
    words_free(chosen->platform_directories);
}
