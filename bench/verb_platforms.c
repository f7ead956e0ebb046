/* ringside platforms: what can run here, and what would make the rest run. */
#include "bench/lineup.h"
#include "bench/verbs.h"
#include "bench/words.h"

#include <string.h>

static error_t parse(int key, char *argument, struct argp_state *state)
{
    char ***directories = state->input;

    if (key == ARGP_KEY_ARG)
        argp_error(state, "%s: no arguments are expected", argument);
    if (key != 'd')
        return ARGP_ERR_UNKNOWN;
    if (words_append(directories, argument) < 0)
        argp_failure(state, 1, ENOMEM, "--platform-dir");
    return 0;
}

static const struct argp_option options[] = {
    {"platform-dir", 'd', "DIR", 0, "read platform files from here too", 0},
    {0},
};

static const struct argp argp = {
    options,
    parse,
    "",
    "What can run here; for the rest, why not and what would make it run.",
    NULL,
    NULL,
    NULL};

/* What to know about a platform whether it runs here or not. */
static const char *note(const struct platform *platform)
{
    if (platform->untested)
        return " (untested)";
    return platform->slow ? " (slow: only when named, or in --profile peers)"
                          : "";
}

static void print_candidate(const struct candidate *candidate, int name_width,
                            int class_width)
{
    const struct platform *platform = candidate->platform;

    printf("%-*s  %-*s  %-3s  ", name_width, platform->name, class_width,
           platform->class_name, candidate->available ? "yes" : "no");
    if (candidate->available)
        printf("%s%s\n",
               candidate->version[0] != '\0' ? candidate->version
               : platform->summary != NULL   ? platform->summary
                                             : platform->title,
               note(platform));
    else
        printf("%s%s%s%s\n", candidate->reason,
               candidate->remedy != NULL ? "; " : "",
               candidate->remedy != NULL ? candidate->remedy : "",
               platform->untested ? note(platform) : "");
}

static void print(const struct lineup *lineup)
{
    int name_width = (int)strlen("PLATFORM"),
        class_width = (int)strlen("CLASS");

    for (size_t i = 0; i < lineup->candidate_count; i++) {
        const struct platform *platform = lineup->candidates[i].platform;

        if ((int)strlen(platform->name) > name_width)
            name_width = (int)strlen(platform->name);
        if ((int)strlen(platform->class_name) > class_width)
            class_width = (int)strlen(platform->class_name);
    }
    printf("%-*s  %-*s  RUNS VERSION, OR WHY NOT\n", name_width, "PLATFORM",
           class_width, "CLASS");
    for (size_t i = 0; i < lineup->candidate_count; i++)
        print_candidate(&lineup->candidates[i], name_width, class_width);
}

int ringside_platforms(const struct invocation *invocation, int argc,
                       char **argv, struct error *error)
{
    _cleanup_words_ char **directories = NULL;
    struct lineup lineup;
    int result;

    argp_parse(&argp, argc, argv, 0, NULL, &directories);
    result = lineup_load(invocation->paths, directories, NULL, LINEUP_WITH_SLOW,
                         &lineup, error);
    if (result < 0)
        return result;
    print(&lineup);
    lineup_release(&lineup);
    return EXIT_MEASURED;
}
