/* ringside platforms: what can run here, and what would make the rest run. */
#include "bench/lineup.h"
#include "bench/output_options.h"
#include "bench/verbs.h"
#include "bench/words.h"

#include <string.h>

enum { KEY_NAMES = 256 };

struct arguments {
    char **directories;
    bool names;
    struct output_options output;
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &arguments->output;
        return 0;
    case ARGP_KEY_ARG:
        argp_error(state, "%s: no arguments are expected", argument);
        return 0;
    case KEY_NAMES:
        arguments->names = true;
        return 0;
    case 'd':
        if (words_append(&arguments->directories, argument) < 0)
            argp_failure(state, 1, ENOMEM, "--platform-dir");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {"platform-dir", 'd', "DIR", 0, "read platform files from here too", 0},
    {"names", KEY_NAMES, NULL, 0, "print the names alone, and try nothing", 0},
    {0},
};

static const struct argp_child children[] = {{&output_argp, 0, NULL, 0}, {0}};

static const struct argp argp = {
    options,
    parse,
    "",
    "What can run here; for the rest, why not and what would make it run.",
    children,
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

/* A line of its own for each reason, below the platform's. */
static void print_cannot(const struct platform *platform, int indent)
{
    for (size_t i = 0; i < platform->cannot_count; i++) {
        char *const *names = platform->cannot[i].workloads;

        printf("%*s cannot run ", indent, "");
        for (size_t j = 0; names[j] != NULL; j++)
            printf("%s%s", j > 0 ? ", " : "", names[j]);
        printf(": %s\n", platform->cannot[i].reason);
    }
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
    for (size_t i = 0; i < lineup->candidate_count; i++) {
        print_candidate(&lineup->candidates[i], name_width, class_width);
        if (lineup->candidates[i].available)
            print_cannot(lineup->candidates[i].platform,
                         name_width + class_width + (int)strlen("  yes    "));
    }
}

/* [{"workloads": [NAME, ...], "reason": REASON}, ...] as in its file. */
static json_t *cannot_to_json(const struct platform *platform)
{
    json_t *list = json_array();

    for (size_t i = 0; i < platform->cannot_count; i++) {
        char *const *names = platform->cannot[i].workloads;
        json_t *workloads = json_array();

        for (size_t j = 0; names[j] != NULL; j++)
            json_array_append_new(workloads, json_string(names[j]));
        json_array_append_new(list,
                              json_pack("{s:o, s:s}", "workloads", workloads,
                                        "reason", platform->cannot[i].reason));
    }
    return list;
}

static json_t *to_json(const struct lineup *lineup)
{
    json_t *list = json_array();

    for (size_t i = 0; i < lineup->candidate_count && list != NULL; i++) {
        const struct candidate *candidate = &lineup->candidates[i];
        const struct platform *platform = candidate->platform;
        bool runs = candidate->available;
        const char *version =
            runs && candidate->version[0] != '\0' ? candidate->version : NULL;

        json_array_append_new(
            list,
            json_pack("{s:s, s:s, s:s, s:b, s:s?, s:s?, s:s?, s:b, s:b, s:o}",
                      "name", platform->name, "title", platform->title, "class",
                      platform->class_name, "runs", runs, "version", version,
                      "reason", runs ? NULL : candidate->reason, "remedy",
                      runs ? NULL : candidate->remedy, "slow", platform->slow,
                      "untested", platform->untested, "cannot",
                      cannot_to_json(platform)));
    }
    return list;
}

static int print_names(const struct invocation *invocation,
                       char *const *directories, struct error *error)
{
    struct platform_list list;
    int result = lineup_list(invocation->paths, directories, &list, error);

    if (result < 0)
        return result;
    for (size_t i = 0; i < list.count; i++)
        printf("%s\n", list.items[i].name);
    platform_list_release(&list);
    return EXIT_MEASURED;
}

int ringside_platforms(const struct invocation *invocation, int argc,
                       char **argv, struct error *error)
{
    struct arguments arguments = {0};
    struct lineup lineup;
    int result;

    argp_parse(&argp, argc, argv, 0, NULL, &arguments);
    if (arguments.names) {
        result = print_names(invocation, arguments.directories, error);
    } else {
        result = lineup_load(invocation->paths, arguments.directories, NULL,
                             LINEUP_WITH_SLOW, &lineup, error);
        if (result == 0 && arguments.output.json)
            result = output_json(to_json(&lineup), error);
        else if (result == 0)
            print(&lineup);
        if (result == 0)
            lineup_release(&lineup);
    }
    words_free(arguments.directories);
    return result;
}
