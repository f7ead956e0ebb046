/*
 * ringside validate: whether a record keeps to the format, from its first line
 * to its last, and whether its fingerprint is the digest of its facts.
 */
#include "bench/fingerprint.h"
#include "bench/results.h"
#include "bench/verbs.h"
#include "bench/words.h"

#include <string.h>

struct arguments {
    char **directories;
    bool quiet;
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;

    switch (key) {
    case 'q':
        arguments->quiet = true;
        return 0;
    case ARGP_KEY_ARG:
        if (words_append(&arguments->directories, argument) < 0)
            argp_failure(state, 1, ENOMEM, "%s", argument);
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "a result directory is expected");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {"quiet", 'q', NULL, 0, "say nothing of what is valid", 0},
    {0},
};

static const struct argp argp = {
    options,
    parse,
    "DIR...",
    "Checks DIR/" RESULTS_FILE " against its format (docs/results.md) and "
    "says what is in it. An interrupted record is valid.",
    NULL,
    NULL,
    NULL};

static int check_fingerprint(const struct result_reader *reader,
                             struct error *error)
{
    char digest[SHA256_HEX_SIZE];
    int result = fingerprint_digest(reader->header.host, digest);

    if (result < 0)
        return error_errno(error, -result, "%s", reader->path);
    if (strcmp(digest, reader->header.fingerprint_sha256) == 0)
        return 0;
    return error_set(error, EINVAL,
                     "%s:1: fingerprint.sha256 is not the digest of "
                     "fingerprint.host: the facts were changed",
                     reader->path);
}

static int validate(const char *directory, bool quiet, struct error *error)
{
    struct result_reader reader;
    struct result_run run;
    int64_t failures = 0;
    int result = results_open(directory, &reader, error);

    if (result < 0)
        return result;
    result = check_fingerprint(&reader, error);
    while (result == 0 && (result = results_next(&reader, &run, error)) > 0) {
        failures += run.failure != NULL;
        result = 0;
    }
    if (result == 0 && !quiet)
        printf("%s: schema %d, %lld runs, %lld failed, %s\n", reader.path,
               RESULTS_SCHEMA, (long long)reader.runs, (long long)failures,
               reader.complete ? "complete"
               : reader.torn   ? "interrupted in its last line"
                               : "interrupted");
    results_reader_close(&reader);
    return result;
}

int ringside_validate(const struct invocation *invocation, int argc,
                      char **argv, struct error *error)
{
    struct arguments arguments = {0};
    int result = EXIT_MEASURED;

    (void)invocation;
    argp_parse(&argp, argc, argv, 0, NULL, &arguments);
    for (char **directory = arguments.directories; *directory != NULL;
         directory++) {
        struct error problem = {0};

        if (validate(*directory, arguments.quiet, &problem) == 0)
            continue;
        if (directory[1] == NULL) { /* main prints the last one */
            *error = problem;
            result = -problem.code;
        } else {
            fprintf(stderr, "ringside: %s\n", problem.text);
            result = EXIT_FAILED;
        }
    }
    words_free(arguments.directories);
    return result;
}
