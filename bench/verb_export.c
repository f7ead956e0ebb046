/* ringside export: the record of a session for other tools. */
#include "bench/export.h"
#include "bench/help.h"
#include "bench/verbs.h"
#include "bench/words.h"

#include <string.h>

struct arguments {
    const struct export_format *format;
    const char *output;
    struct export_request request;
    char **platforms, **workloads;
};

static const struct argp_option options[] = {
    {"format", 'f', "FORMAT", 0, "one of those below (csv)", 0},
    {"output", 'o', "FILE", 0, "write to FILE instead of standard output", 0},
    {"platforms", 'p', "NAMES", 0, "these alone, with commas", 0},
    {"workloads", 'w', "NAMES", 0, "these alone, with commas", 0},
    {0},
};

static const struct export_format *find_format(const char *name)
{
    for (const struct export_format *format = export_formats;
         format->name != NULL; format++)
        if (strcmp(format->name, name) == 0)
            return format;
    return NULL;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;

    switch (key) {
    case 'f':
        arguments->format = find_format(argument);
        if (arguments->format == NULL)
            argp_error(state, "--format: there is no format \"%s\"", argument);
        return 0;
    case 'o':
        arguments->output = argument;
        return 0;
    case 'p':
        return -words_split(argument, &arguments->platforms);
    case 'w':
        return -words_split(argument, &arguments->workloads);
    case ARGP_KEY_ARG:
        if (arguments->request.directory != NULL)
            argp_error(state, "%s: one directory is expected", argument);
        arguments->request.directory = argument;
        return 0;
    case ARGP_KEY_END:
        if (arguments->request.directory == NULL)
            argp_error(state, "a result directory is expected");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* The table of formats, below the options. */
static void write_formats(FILE *stream)
{
    fprintf(stream, "Formats:\n\n");
    for (const struct export_format *format = export_formats;
         format->name != NULL; format++)
        fprintf(stream, "  %-12s %s\n", format->name, format->summary);
}

static char *describe(int key, const char *text, void *input)
{
    (void)input;
    return help_below_options(key, text, write_formats);
}

static const struct argp argp = {
    options, parse,
    "DIR",   "Writes the record of a session in the format of another tool.\v",
    NULL,    describe,
    NULL};

static int write_export(const struct arguments *arguments, struct error *error)
{
    const char *name =
        arguments->output != NULL ? arguments->output : "standard output";
    FILE *file = stdout;
    int result;

    if (arguments->output != NULL)
        file = fopen(arguments->output, "we");
    if (file == NULL)
        return error_errno(error, errno, "cannot write %s", name);
    result = arguments->format->write(&arguments->request, file, error);
    if (result == 0 && (fflush(file) != 0 || ferror(file)))
        result = error_errno(error, errno != 0 ? errno : EIO, "cannot write %s",
                             name);
    if (file != stdout && fclose(file) != 0 && result == 0)
        result = error_errno(error, errno, "cannot write %s", name);
    return result;
}

int ringside_export(const struct invocation *invocation, int argc, char **argv,
                    struct error *error)
{
    struct arguments arguments = {.format = &export_formats[0]};
    int result;

    (void)invocation;
    argp_parse(&argp, argc, argv, 0, NULL, &arguments);
    arguments.request.platforms = arguments.platforms;
    arguments.request.workloads = arguments.workloads;
    result = write_export(&arguments, error);
    words_free(arguments.platforms);
    words_free(arguments.workloads);
    return result;
}
