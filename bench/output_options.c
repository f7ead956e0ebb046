/* --json; see output_options.h. */
#include "bench/output_options.h"

#include <errno.h>
#include <stdio.h>

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct output_options *options = state->input;

    (void)argument;
    if (key != 'j')
        return ARGP_ERR_UNKNOWN;
    options->json = true;
    return 0;
}

static const struct argp_option options[] = {
    {"json", 'j', NULL, 0, "print JSON", 0},
    {0},
};

const struct argp output_argp = {options, parse, NULL, NULL, NULL, NULL, NULL};

int output_json(json_t *document, struct error *error)
{
    int result = 0;

    if (document == NULL)
        return error_set(error, ENOMEM, "out of memory");
    if (json_dumpf(document, stdout, JSON_INDENT(1)) < 0 ||
        fputc('\n', stdout) == EOF)
        result =
            error_errno(error, errno != 0 ? errno : EIO, "standard output");
    json_decref(document);
    return result;
}
